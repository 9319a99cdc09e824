-- identity:service_account_endings
-- Why: a service account's streams are closed when its session ends, as anybody's are; see session_endings.
-- Expands. Locks: service_account_sessions, briefly, while the triggers are made.

BEGIN;

CREATE CONSTRAINT TRIGGER service_account_sessions_ended AFTER UPDATE OF ended_at ON service_account_sessions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
  EXECUTE FUNCTION record_session_ending();

CREATE CONSTRAINT TRIGGER service_account_sessions_deleted AFTER DELETE ON service_account_sessions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND OLD.expires_at > now())
  EXECUTE FUNCTION record_session_ending();

COMMIT;
