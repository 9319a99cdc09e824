SELECT clinic_id, kind_id, title, position FROM plan_section_kinds WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'plan_section_kinds', 'SELECT')
            AND has_table_privilege(:'app_role', 'plan_section_kinds', 'INSERT')
            AND NOT has_table_privilege(:'app_role', 'plan_section_kinds', 'DELETE, TRUNCATE'))::int;
