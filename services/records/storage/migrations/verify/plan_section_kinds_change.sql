-- Verify records:plan_section_kinds_change

SELECT retired_at FROM plan_section_kinds WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'plan_section_kinds', 'position', 'UPDATE')::int;
SELECT 1 / (NOT has_table_privilege(:'app_role', 'plan_section_kinds', 'DELETE'))::int;
