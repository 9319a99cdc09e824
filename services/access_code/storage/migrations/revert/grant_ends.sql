BEGIN;

DROP TABLE coming_of_age_notices;
DROP TRIGGER grants_follow_merge ON grants;
CREATE OR REPLACE TRIGGER grants_end_once BEFORE UPDATE ON grants
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION refuse_reopening();
DROP INDEX grants_active;
REVOKE UPDATE (patient_id) ON grants FROM :"app_role";
ALTER TABLE grants
  DROP CONSTRAINT grants_revoked_check,
  DROP CONSTRAINT grants_of_age_check,
  DROP COLUMN ends_at,
  DROP COLUMN holder_relationship,
  DROP COLUMN staff_end_at,
  DROP COLUMN of_age_at,
  DROP COLUMN kept_of_age,
  DROP COLUMN of_age_told,
  DROP COLUMN end_cause,
  DROP COLUMN merged_from_patient_id,
  ADD CONSTRAINT grants_revoked_check CHECK ((revoked_at IS NULL) = (revoker_account_id IS NULL)) NOT VALID;
CREATE UNIQUE INDEX grants_active ON grants (account_id, patient_id) INCLUDE (grant_id) WHERE revoked_at IS NULL;
DROP FUNCTION comes_of_age_after(timestamptz, date, int);
DROP FUNCTION comes_of_age_at(date, int);

COMMIT;
