SELECT soap_chart_id, clinic_id, patient_id, practitioner_account_id, practitioner_display_name, encounter_date,
       subjective, objective, assessment, version, created_at, updated_at, plan_updated_at, locked_at
FROM soap_charts WHERE false;
SELECT clinic_id, soap_chart_id, kind_id, text FROM plan_sections WHERE false;
SELECT soap_chart_id, clinic_id, patient_id, practitioner_display_name, encounter_date, signed, plan_updated_at,
       kind_ids, titles, texts
FROM treatment_plans WHERE false;
SELECT 1 / has_table_privilege(:'app_role', 'treatment_plans', 'SELECT')::int;
SELECT 1 / (has_table_privilege(:'app_role', 'soap_charts', 'SELECT')
            AND has_table_privilege(:'app_role', 'soap_charts', 'INSERT')
            AND has_column_privilege(:'app_role', 'soap_charts', 'locked_at', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'soap_charts', 'patient_id', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'soap_charts', 'DELETE, TRUNCATE'))::int;
SELECT 1 / (has_table_privilege(:'app_role', 'plan_sections', 'SELECT')
            AND has_table_privilege(:'app_role', 'plan_sections', 'INSERT')
            AND has_table_privilege(:'app_role', 'plan_sections', 'DELETE')
            AND NOT has_table_privilege(:'app_role', 'plan_sections', 'UPDATE, TRUNCATE'))::int;
SELECT 1 / (count(*) = 2)::int FROM pg_trigger WHERE tgname IN ('soap_charts_locked', 'plan_sections_locked');
