SELECT service_account_id, clinic_id, display_name, scopes, created_at, rotated_at, revoked_at
FROM service_accounts WHERE false;
SELECT secret_hash, service_account_id, created_at, expires_at FROM service_account_secrets WHERE false;
SELECT session_id, service_account_id, token_hash, created_at, last_seen_at, expires_at, ended_at
FROM service_account_sessions WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', t, 'SELECT, INSERT'))::int
FROM unnest(ARRAY['service_accounts', 'service_account_secrets', 'service_account_sessions']) AS t;
SELECT 1 / (NOT has_table_privilege(:'app_role', 'service_accounts', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'service_accounts', 'DELETE'))::int;
