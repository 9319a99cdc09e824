-- Verify records:patient_merges

SELECT merged_into_patient_id FROM patients WHERE false;
SELECT soap_chart_id, version, from_patient_id, to_patient_id, reason, moved_by_account_id, moved_by_display_name,
       moved_at
FROM chart_moves WHERE false;
SELECT 1 / (NOT has_table_privilege(:'app_role', 'chart_moves', 'DELETE'))::int;
