BEGIN;

DROP TRIGGER access_codes_follow_merge ON access_codes;
DROP FUNCTION follow_merge();
CREATE OR REPLACE TRIGGER access_codes_end_once BEFORE UPDATE ON access_codes
  FOR EACH ROW WHEN (OLD.redeemed_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL)
  EXECUTE FUNCTION refuse_reopening();
REVOKE UPDATE (patient_id) ON access_codes FROM :"app_role";
ALTER TABLE access_codes
  DROP COLUMN merged_from_patient_id,
  DROP COLUMN birth_date_tries,
  DROP COLUMN birth_date_demanded,
  DROP COLUMN holder_relationship;

COMMIT;
