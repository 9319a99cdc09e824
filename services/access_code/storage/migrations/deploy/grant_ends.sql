-- access_code:grant_ends
-- Why: staff give a grant an end, one of somebody else's ends when the patient comes of age, and its holder can drop it.
-- `revoked_at` stays the mark of every end that has come, so that the program before this change takes them all as ends;
-- what has reached `ends_at` unlocks nothing from that instant on, marked or not.
-- Expands. Locks: grants, while it is rewritten for the generated column; checks wait that long (a second for a million).

BEGIN;

-- When somebody comes of age: on the birthday, as soon as it has begun everywhere on Earth (noon of UTC, where the
-- westernmost zone has midnight), because a clinic's zone is not known here and nobody is to lose a day. Who was born on
-- 29 February does so on 1 March where the year has none.
CREATE FUNCTION comes_of_age_at(birth_date date, years int) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (birth_date + make_interval(years => years) + interval '12 hours'
          + CASE WHEN extract(day FROM birth_date + make_interval(years => years)) < extract(day FROM birth_date)
                 THEN interval '1 day' ELSE interval '0' END) AT TIME ZONE 'UTC';

-- The same for a grant of somebody else's; NULL if that instant came before the grant did: an adult's.
CREATE FUNCTION comes_of_age_after(granted_at timestamptz, birth_date date, years int) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN comes_of_age_at(birth_date, years) > granted_at THEN comes_of_age_at(birth_date, years) END;

ALTER TABLE grants
  ADD COLUMN holder_relationship text NOT NULL DEFAULT 'other'
    CONSTRAINT grants_holder_relationship_check CHECK (holder_relationship IN ('self', 'other')),
  ADD COLUMN staff_end_at timestamptz,
  ADD COLUMN of_age_at timestamptz,
  -- Staff renewed it.
  ADD COLUMN kept_of_age bool NOT NULL DEFAULT false,
  -- The clinic was told that of_age_at is near.
  ADD COLUMN of_age_told bool NOT NULL DEFAULT false,
  ADD COLUMN ends_at timestamptz GENERATED ALWAYS AS (least(staff_end_at, of_age_at)) STORED,
  -- How it ended; NULL also for what was revoked before this column was there.
  ADD COLUMN end_cause text
    CONSTRAINT grants_end_cause_check CHECK (end_cause IN ('revoked', 'dropped', 'ended', 'closed', 'merged')),
  ADD COLUMN merged_from_patient_id uuid,
  ADD CONSTRAINT grants_of_age_check CHECK (of_age_at IS NULL OR holder_relationship = 'other' AND NOT kept_of_age),
  DROP CONSTRAINT grants_revoked_check,
  -- Whoever ended it is named; nobody ends what reaches its end, or what a merge leaves over.
  ADD CONSTRAINT grants_revoked_check CHECK (
    CASE WHEN revoked_at IS NULL THEN revoker_account_id IS NULL AND end_cause IS NULL
         WHEN end_cause IN ('ended', 'merged') THEN revoker_account_id IS NULL
         ELSE revoker_account_id IS NOT NULL END);

-- All that the check at each request reads.
DROP INDEX grants_active;
CREATE UNIQUE INDEX grants_active ON grants (account_id, patient_id) INCLUDE (grant_id, ends_at)
  WHERE revoked_at IS NULL;
-- What has reached its end, and what comes of age soon.
CREATE INDEX grants_ends_at ON grants (ends_at) WHERE revoked_at IS NULL AND ends_at IS NOT NULL;
CREATE INDEX grants_of_age ON grants (of_age_at) WHERE revoked_at IS NULL AND of_age_at IS NOT NULL AND NOT of_age_told;
-- A clinic's grants that its age applies to.
CREATE INDEX grants_clinic ON grants (clinic_id)
  WHERE revoked_at IS NULL AND holder_relationship = 'other' AND NOT kept_of_age;

CREATE OR REPLACE TRIGGER grants_end_once BEFORE UPDATE ON grants
  FOR EACH ROW WHEN (
    OLD.revoked_at IS NOT NULL
    AND (OLD.revoked_at, OLD.revoker_account_id, OLD.end_cause, OLD.staff_end_at, OLD.of_age_at)
        IS DISTINCT FROM (NEW.revoked_at, NEW.revoker_account_id, NEW.end_cause, NEW.staff_end_at, NEW.of_age_at))
  EXECUTE FUNCTION refuse_reopening();

CREATE TRIGGER grants_follow_merge BEFORE UPDATE ON grants
  FOR EACH ROW WHEN (OLD.patient_id <> NEW.patient_id) EXECUTE FUNCTION follow_merge();

-- Of which patient and coming of age the clinic was told: once, whatever becomes of the grants.
CREATE TABLE coming_of_age_notices (
  patient_id uuid,
  of_age_at timestamptz,
  CONSTRAINT coming_of_age_notices_pkey PRIMARY KEY (patient_id, of_age_at)
);

REVOKE ALL ON FUNCTION comes_of_age_at(date, int), comes_of_age_after(timestamptz, date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION comes_of_age_at(date, int), comes_of_age_after(timestamptz, date, int) TO :"app_role";
GRANT UPDATE (staff_end_at, of_age_at, kept_of_age, of_age_told, end_cause, patient_id, merged_from_patient_id)
  ON grants TO :"app_role";
GRANT SELECT, INSERT ON coming_of_age_notices TO :"app_role";

COMMIT;
