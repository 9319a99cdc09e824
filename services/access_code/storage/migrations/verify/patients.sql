SELECT patient_id, clinic_id, display_name, version FROM patients WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'patients', 'SELECT')
            AND has_table_privilege(:'app_role', 'patients', 'INSERT')
            AND NOT has_column_privilege(:'app_role', 'patients', 'clinic_id', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'patients', 'DELETE'))::int;
