SELECT holder_relationship, staff_end_at, of_age_at, kept_of_age, of_age_told, ends_at, end_cause, merged_from_patient_id
FROM grants WHERE false;
SELECT patient_id, of_age_at FROM coming_of_age_notices WHERE false;
SELECT 1 / (comes_of_age_at('2008-02-29', 18) = '2026-03-01T12:00Z'
            AND comes_of_age_at('2008-02-29', 16) = '2024-02-29T12:00Z'
            AND comes_of_age_at('2008-03-01', 18) = '2026-03-01T12:00Z')::int;
SELECT 1 / (has_column_privilege(:'app_role', 'grants', 'staff_end_at', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'grants', 'account_id', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'coming_of_age_notices', 'UPDATE'))::int;
