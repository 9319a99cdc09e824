-- Revert records:patients_audit

BEGIN;

DROP TRIGGER audit_events_clinic ON audit_events;
DROP FUNCTION set_audit_event_clinic();

COMMIT;
