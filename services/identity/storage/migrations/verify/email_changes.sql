SELECT account_id, email, session_id, token_hash, expires_at FROM email_changes WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'email_changes', 'INSERT')
            AND has_table_privilege(:'app_role', 'email_changes', 'DELETE')
            AND NOT has_column_privilege(:'app_role', 'email_changes', 'account_id', 'UPDATE'))::int;
