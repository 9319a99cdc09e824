-- foundation:audit_reading
-- Why: the trail is shown to clinics and account holders: by what name somebody acted, and in the order of time by
-- patient, by clinic and by who it was. Ids do for an order only while no clock is set back.
-- Expands. Locks: audit_events for an instant; a column with a constant default rewrites nothing, and the indexes are
-- built beside reads and writes. A name is sealed with its event; events without one keep the form that they were sealed
-- in. A program from before this change would seal a named event without its name, which verify_audit reports: none was
-- released.

ALTER TABLE audit_events ADD COLUMN IF NOT EXISTS actor_name text NOT NULL DEFAULT '';
GRANT INSERT (actor_name) ON audit_events TO :"app_role";

-- What an interrupted run left behind is not valid.
DROP INDEX IF EXISTS audit_events_patient_time, audit_events_clinic_time, audit_events_actor_time;
CREATE INDEX CONCURRENTLY audit_events_patient_time ON audit_events (patient_id, occurred_at, event_id)
  WHERE patient_id IS NOT NULL;
CREATE INDEX CONCURRENTLY audit_events_clinic_time ON audit_events (clinic_id, occurred_at, event_id)
  WHERE clinic_id IS NOT NULL;
CREATE INDEX CONCURRENTLY audit_events_actor_time ON audit_events (clinic_id, actor_id, occurred_at, event_id)
  WHERE clinic_id IS NOT NULL AND actor_id IS NOT NULL;

-- Nothing ever read by it.
DROP INDEX IF EXISTS audit_events_patient;
