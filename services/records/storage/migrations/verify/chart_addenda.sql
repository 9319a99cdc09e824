-- Verify records:chart_addenda

SELECT addendum_id, clinic_id, soap_chart_id, text, author_account_id, author_display_name, created_at
FROM soap_chart_addenda WHERE false;
SELECT plan_hidden FROM treatment_plans WHERE false;
SELECT 1 / (NOT has_table_privilege(:'app_role', 'soap_chart_addenda', 'UPDATE'))::int;
