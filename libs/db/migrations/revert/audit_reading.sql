-- Revert foundation:audit_reading

BEGIN;

CREATE INDEX audit_events_patient ON audit_events (patient_id, event_id) WHERE patient_id IS NOT NULL;
DROP INDEX audit_events_patient_time, audit_events_clinic_time, audit_events_actor_time;
ALTER TABLE audit_events DROP COLUMN actor_name;

COMMIT;
