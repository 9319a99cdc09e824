-- records:patients_audit
-- Why: an account's call names a patient and no clinic; the patient's clinic is to find it in its trail, refusals
-- included. Set before the event is sealed; events from before this change stay as they are.
-- Expands. Locks: audit_events for an instant.

BEGIN;

CREATE FUNCTION set_audit_event_clinic() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  SELECT clinic_id INTO NEW.clinic_id FROM patients WHERE patient_id = NEW.patient_id;
  RETURN NEW;
END
$$;

CREATE TRIGGER audit_events_clinic BEFORE INSERT ON audit_events
  FOR EACH ROW WHEN (NEW.clinic_id IS NULL AND NEW.patient_id IS NOT NULL)
  EXECUTE FUNCTION set_audit_event_clinic();

COMMIT;
