-- access_code:form_codes
-- Why: a code opens either a patient's records or one form assignment, and the latter never makes a grant: the database
-- holds that, also against the program before this change, which knows one kind only and takes any code for it.
-- Expands. Locks: access_codes and grants, while keys and constraints are built (seconds for a million rows).

BEGIN;

ALTER TABLE access_codes
  ADD COLUMN kind text NOT NULL DEFAULT 'medical_records',
  -- Of the service that owns assignments; nothing is known of it here.
  ADD COLUMN form_assignment_id uuid,
  ADD CONSTRAINT access_codes_kind_check CHECK (
    CASE kind WHEN 'medical_records' THEN form_assignment_id IS NULL
              WHEN 'smart_form' THEN form_assignment_id IS NOT NULL AND NOT birth_date_demanded
              ELSE false END),
  -- For the references below, which carry the kind along.
  ADD CONSTRAINT access_codes_kind_key UNIQUE (access_code_id, kind),
  ADD CONSTRAINT access_codes_form_key UNIQUE (access_code_id, form_assignment_id);

-- An assignment's codes.
CREATE INDEX access_codes_form ON access_codes (form_assignment_id, clinic_id) WHERE form_assignment_id IS NOT NULL;

-- A grant comes from a code for records.
ALTER TABLE grants
  ADD COLUMN code_kind text NOT NULL DEFAULT 'medical_records'
    CONSTRAINT grants_code_kind_check CHECK (code_kind = 'medical_records'),
  DROP CONSTRAINT grants_access_code_id_fkey,
  ADD CONSTRAINT grants_access_code_id_fkey
    FOREIGN KEY (access_code_id, code_kind) REFERENCES access_codes (access_code_id, kind);

-- Which account has opened which form with a code. Its clinic and patient are the code's.
CREATE TABLE form_accesses (
  -- One code, one account.
  access_code_id uuid CONSTRAINT form_accesses_pkey PRIMARY KEY,
  form_assignment_id uuid NOT NULL,
  account_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  ender_account_id uuid,
  end_cause text CONSTRAINT form_accesses_end_cause_check CHECK (end_cause IN ('revoked', 'closed')),
  -- Only a code for a form has an assignment to agree about.
  CONSTRAINT form_accesses_access_code_fkey
    FOREIGN KEY (access_code_id, form_assignment_id) REFERENCES access_codes (access_code_id, form_assignment_id),
  CONSTRAINT form_accesses_ended_check
    CHECK ((ended_at IS NULL) = (ender_account_id IS NULL) AND (ended_at IS NULL) = (end_cause IS NULL))
);

-- An account has a form open once. Carries all that the check at each request reads.
CREATE UNIQUE INDEX form_accesses_active ON form_accesses (account_id, form_assignment_id) INCLUDE (created_at)
  WHERE ended_at IS NULL;

CREATE TRIGGER form_accesses_end_once BEFORE UPDATE ON form_accesses
  FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_reopening();

GRANT SELECT, INSERT, UPDATE (ended_at, ender_account_id, end_cause) ON form_accesses TO :"app_role";

COMMIT;
