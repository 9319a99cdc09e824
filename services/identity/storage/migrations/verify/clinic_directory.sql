SELECT told_version FROM clinics WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'clinics', 'told_version', 'UPDATE')::int;
