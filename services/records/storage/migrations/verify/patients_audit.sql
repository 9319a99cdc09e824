-- Verify records:patients_audit

SELECT 1 / count(*) FROM pg_trigger
WHERE tgname = 'audit_events_clinic' AND tgrelid = 'audit_events'::regclass AND tgenabled = 'O';
