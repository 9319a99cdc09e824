SELECT link_attempts FROM sign_ups WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'sign_ups', 'link_attempts', 'UPDATE')::int;
