SELECT subject, admitted_at, newest_at FROM redemption_attempts WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'redemption_attempts', 'SELECT')
            AND has_table_privilege(:'app_role', 'redemption_attempts', 'INSERT')
            AND has_column_privilege(:'app_role', 'redemption_attempts', 'admitted_at', 'UPDATE')
            AND has_table_privilege(:'app_role', 'redemption_attempts', 'DELETE'))::int;
