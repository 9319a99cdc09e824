-- Verify records:plan_notices

SELECT holders_told_at FROM soap_charts WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'soap_charts', 'holders_told_at', 'UPDATE')::int;
