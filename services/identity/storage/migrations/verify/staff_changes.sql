SELECT version FROM staff_members WHERE false;
SELECT 1 / (has_column_privilege(:'app_role', 'staff_members', 'suspended_at', 'UPDATE')
            AND has_table_privilege(:'app_role', 'staff_members', 'DELETE'))::int;
