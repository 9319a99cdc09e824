SELECT notice_email, language, second_factor_required, version FROM clinics WHERE false;
SELECT 1 / (has_column_privilege(:'app_role', 'clinics', 'second_factor_required', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'clinics', 'slug', 'UPDATE'))::int;
