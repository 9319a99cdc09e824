SELECT device, second_factor_at FROM sessions WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'sessions', 'second_factor_at', 'UPDATE')::int;
