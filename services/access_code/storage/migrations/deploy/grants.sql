-- access_code:grants
-- Why: an account sees a patient's records exactly while it holds an active grant, asked for at each request.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE grants (
  grant_id uuid CONSTRAINT grants_pkey PRIMARY KEY,
  -- One code, one grant.
  access_code_id uuid NOT NULL
    CONSTRAINT grants_access_code_id_key UNIQUE
    CONSTRAINT grants_access_code_id_fkey REFERENCES access_codes (access_code_id),
  clinic_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  account_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoker_account_id uuid,
  CONSTRAINT grants_patient_fkey
    FOREIGN KEY (patient_id, clinic_id) REFERENCES patients (patient_id, clinic_id),
  CONSTRAINT grants_revoked_check CHECK ((revoked_at IS NULL) = (revoker_account_id IS NULL))
);

-- At most one active grant for an account and patient. Carries all that the check at each request reads.
CREATE UNIQUE INDEX grants_active ON grants (account_id, patient_id) INCLUDE (grant_id) WHERE revoked_at IS NULL;
-- A patient's grants, newest first.
CREATE INDEX grants_patient ON grants (patient_id, clinic_id, created_at DESC, grant_id DESC);

CREATE TRIGGER grants_end_once BEFORE UPDATE ON grants
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION refuse_reopening();

GRANT SELECT, INSERT, UPDATE (revoked_at, revoker_account_id) ON grants TO :"app_role";

COMMIT;
