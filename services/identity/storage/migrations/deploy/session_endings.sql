-- identity:session_endings
-- Why: streams stay open between the looks at their sessions, so the services that have some are told when a session
-- ends or a membership changes. Triggers write the rows: whatever ends a session, now or in a later release, is told.
-- A reader remembers the last id it saw. Ids that follow the order of commits make that safe: the triggers are deferred to
-- the commit, where a lock makes such commits take turns, and only then is the id drawn (docs/adr/0011-ended-session-feed.md).
-- Expands. Locks: sessions and staff_members, briefly, while the triggers are made.

BEGIN;

CREATE TABLE session_endings (
  ending_id bigint GENERATED ALWAYS AS IDENTITY
    CONSTRAINT session_endings_pkey PRIMARY KEY,
  -- The session that ended; null if a membership changed.
  session_id uuid,
  -- The membership that changed, and its roles as staff_members has them, 0 while suspended or once removed.
  account_id uuid,
  clinic_id uuid,
  roles smallint,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Either a session or a membership.
  CONSTRAINT session_endings_subject_check CHECK (
    (session_id IS NULL) = (account_id IS NOT NULL)
    AND (account_id IS NULL) = (clinic_id IS NULL)
    AND (account_id IS NULL) = (roles IS NULL)
  )
);

CREATE INDEX session_endings_recorded_at ON session_endings (recorded_at);

-- Runs as the owner: the service itself cannot write endings.
CREATE FUNCTION record_session_ending() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('session_endings', 0));
  INSERT INTO session_endings (session_id) VALUES (OLD.session_id);
  RETURN NULL;
END
$$;

CREATE FUNCTION record_membership_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('session_endings', 0));
  INSERT INTO session_endings (account_id, clinic_id, roles)
  SELECT coalesce(NEW.account_id, OLD.account_id), OLD.clinic_id,
         CASE WHEN TG_OP = 'DELETE' OR NEW.account_id IS NULL OR NEW.suspended_at IS NOT NULL THEN 0 ELSE NEW.roles END;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER sessions_ended AFTER UPDATE OF ended_at ON sessions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
  EXECUTE FUNCTION record_session_ending();

-- Those that expired are deleted later, and nobody needs to be told.
CREATE CONSTRAINT TRIGGER sessions_deleted AFTER DELETE ON sessions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND OLD.expires_at > now())
  EXECUTE FUNCTION record_session_ending();

-- Also when somebody may do more: services that remember that they may do less must not go on doing so.
CREATE CONSTRAINT TRIGGER staff_members_changed AFTER UPDATE OF account_id, roles, suspended_at ON staff_members
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.account_id IS NOT NULL OR NEW.account_id IS NOT NULL)
        AND (OLD.account_id, OLD.roles, OLD.suspended_at)
            IS DISTINCT FROM (NEW.account_id, NEW.roles, NEW.suspended_at))
  EXECUTE FUNCTION record_membership_change();

CREATE CONSTRAINT TRIGGER staff_members_deleted AFTER DELETE ON staff_members
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.account_id IS NOT NULL)
  EXECUTE FUNCTION record_membership_change();

GRANT SELECT, DELETE ON session_endings TO :"app_role";

COMMIT;
