SELECT normalized_email, account_id, token_hash, expires_at FROM password_resets WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'password_resets', 'SELECT')
            AND has_table_privilege(:'app_role', 'password_resets', 'INSERT')
            AND has_table_privilege(:'app_role', 'password_resets', 'DELETE'))::int;
