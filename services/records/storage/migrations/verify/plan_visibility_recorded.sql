-- Verify records:plan_visibility_recorded

SELECT plan_visibility_recorded FROM soap_charts WHERE false;
