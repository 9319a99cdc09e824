-- Verify records:patient_states

SELECT sex_at_birth, gender_identity, state, deceased_date FROM patients WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'patients', 'state', 'UPDATE')::int;
SELECT 1 / (NOT has_column_privilege(:'app_role', 'patients', 'clinic_id', 'UPDATE'))::int;
