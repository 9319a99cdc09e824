-- Verify records:plan_visibility_changes

SELECT clinic_id, soap_chart_id, version, hidden, changed_by_account_id, changed_by_display_name, changed_at
FROM plan_visibility_changes WHERE false;
SELECT 1 / has_table_privilege(:'app_role', 'plan_visibility_changes', 'INSERT')::int;
SELECT 1 / (NOT has_table_privilege(:'app_role', 'plan_visibility_changes', 'DELETE'))::int;
