SELECT holder_relationship, birth_date_demanded, birth_date_tries, merged_from_patient_id FROM access_codes WHERE false;
SELECT 1 / (has_column_privilege(:'app_role', 'access_codes', 'birth_date_tries', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'access_codes', 'birth_date_demanded', 'UPDATE'))::int;
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'access_codes_follow_merge';
