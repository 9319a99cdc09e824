-- Verify foundation:audit_reading

SELECT actor_name FROM audit_events WHERE false;
SELECT 1 / has_column_privilege(:'app_role', 'audit_events', 'actor_name', 'INSERT')::int;
SELECT 1 / (count(*) = 3)::int FROM pg_index JOIN pg_class ON oid = indexrelid
WHERE relname IN ('audit_events_patient_time', 'audit_events_clinic_time', 'audit_events_actor_time') AND indisvalid;
