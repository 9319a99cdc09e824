SELECT account_id, email, normalized_email, password_hash, created_at FROM accounts WHERE false;
SELECT normalized_email, email, password_hash, token_hash, created_at, expires_at FROM sign_ups WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'accounts', 'SELECT, INSERT')
            AND has_column_privilege(:'app_role', 'accounts', 'password_hash', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'accounts', 'DELETE'))::int;
SELECT 1 / (has_table_privilege(:'app_role', 'sign_ups', 'SELECT')
            AND has_table_privilege(:'app_role', 'sign_ups', 'INSERT')
            AND has_table_privilege(:'app_role', 'sign_ups', 'DELETE'))::int;
