SELECT account_id, email, language, version FROM accounts WHERE false;
SELECT clinic_id, display_name, notice_email, language, version FROM clinics WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'accounts', 'SELECT')
            AND has_table_privilege(:'app_role', 'accounts', 'INSERT')
            AND has_column_privilege(:'app_role', 'accounts', 'email', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'accounts', 'DELETE')
            AND has_table_privilege(:'app_role', 'clinics', 'SELECT')
            AND has_table_privilege(:'app_role', 'clinics', 'INSERT')
            AND has_column_privilege(:'app_role', 'clinics', 'notice_email', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'clinics', 'DELETE'))::int;
