SELECT clinic_id, validity_days, birth_date_required, coming_of_age_years, version FROM clinics WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'clinics', 'SELECT')
            AND has_table_privilege(:'app_role', 'clinics', 'INSERT')
            AND has_column_privilege(:'app_role', 'clinics', 'version', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'clinics', 'DELETE'))::int;
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'patients_clinic';
