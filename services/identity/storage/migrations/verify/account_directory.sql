SELECT told_version FROM accounts WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'accounts', 'told_version', 'UPDATE')::int;
