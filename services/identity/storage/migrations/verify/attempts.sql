SELECT kind, subject, attempted_at, expires_at FROM attempts WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'attempts', 'SELECT')
            AND has_table_privilege(:'app_role', 'attempts', 'INSERT')
            AND has_table_privilege(:'app_role', 'attempts', 'DELETE'))::int;
