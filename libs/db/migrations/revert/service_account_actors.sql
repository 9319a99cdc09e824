BEGIN;

-- Rows of service accounts stay: a trail loses nothing.
ALTER TABLE audit_events
  DROP CONSTRAINT audit_events_actor_kind_check,
  ADD CONSTRAINT audit_events_actor_kind_check
    CHECK (actor_kind IN ('nobody', 'account', 'staff', 'service', 'operator')) NOT VALID;

COMMIT;
