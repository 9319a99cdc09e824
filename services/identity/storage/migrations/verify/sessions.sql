SELECT session_id, account_id, token_hash, created_at, last_seen_at, expires_at, ended_at FROM sessions WHERE false;
-- A session is never prolonged or given to another account.
SELECT 1 / (has_column_privilege(:'app_role', 'sessions', 'ended_at', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'sessions', 'expires_at', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'sessions', 'account_id', 'UPDATE'))::int;
