-- access_code:code_terms
-- Why: a code says who will hold the grant, and may demand the patient's birth date, which is then compared a few times
-- only. A code follows its patient through a merge; how it ended still never changes.
-- Expands. Locks: access_codes, for an instant.

BEGIN;

ALTER TABLE access_codes
  ADD COLUMN holder_relationship text NOT NULL DEFAULT 'other'
    CONSTRAINT access_codes_holder_relationship_check CHECK (holder_relationship IN ('self', 'other')),
  ADD COLUMN birth_date_demanded bool NOT NULL DEFAULT false,
  -- How often it came with a birth date, right or wrong, or without; counted before the date is looked at.
  ADD COLUMN birth_date_tries int NOT NULL DEFAULT 0,
  ADD COLUMN merged_from_patient_id uuid;

CREATE OR REPLACE TRIGGER access_codes_end_once BEFORE UPDATE ON access_codes
  FOR EACH ROW WHEN (
    (OLD.redeemed_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL)
    AND (OLD.redeemed_at, OLD.redeemer_account_id, OLD.cancelled_at, OLD.canceller_account_id)
        IS DISTINCT FROM (NEW.redeemed_at, NEW.redeemer_account_id, NEW.cancelled_at, NEW.canceller_account_id))
  EXECUTE FUNCTION refuse_reopening();

-- Whatever a statement says: nothing moves to another patient but to the one that its own was merged into.
CREATE FUNCTION follow_merge() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM patients
                 WHERE patient_id = OLD.patient_id AND merged_into_patient_id = NEW.patient_id) THEN
    RAISE EXCEPTION 'the patient was not merged into that one'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER access_codes_follow_merge BEFORE UPDATE ON access_codes
  FOR EACH ROW WHEN (OLD.patient_id <> NEW.patient_id) EXECUTE FUNCTION follow_merge();

GRANT UPDATE (birth_date_tries, patient_id, merged_from_patient_id) ON access_codes TO :"app_role";

COMMIT;
