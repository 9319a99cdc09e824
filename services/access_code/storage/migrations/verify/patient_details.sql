SELECT birth_date, merged_into_patient_id FROM patients WHERE false;
SELECT 1 / (has_column_privilege(:'app_role', 'patients', 'birth_date', 'UPDATE')
            AND has_column_privilege(:'app_role', 'patients', 'merged_into_patient_id', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'patients', 'clinic_id', 'UPDATE'))::int;
