-- access_code:access_codes
-- Why: Medical Records access codes. The words are not here, only their HMAC under a pepper that is kept
-- outside of the database. A code is live until it is redeemed, cancelled or expires, and that happens once.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE access_codes (
  access_code_id uuid CONSTRAINT access_codes_pkey PRIMARY KEY,
  clinic_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  -- The pepper's key id: tells when an old pepper has no live codes left.
  pepper_id text NOT NULL,
  digest bytea NOT NULL CONSTRAINT access_codes_digest_check CHECK (octet_length(digest) = 32),
  issuer_account_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  redeemed_at timestamptz,
  redeemer_account_id uuid,
  cancelled_at timestamptz,
  canceller_account_id uuid,
  -- Stricter than per pepper, and it lets a look-up try the digests under all peppers at once.
  CONSTRAINT access_codes_digest_key UNIQUE (digest),
  CONSTRAINT access_codes_patient_fkey
    FOREIGN KEY (patient_id, clinic_id) REFERENCES patients (patient_id, clinic_id),
  CONSTRAINT access_codes_expires_at_check CHECK (expires_at > created_at),
  CONSTRAINT access_codes_redeemed_check
    CHECK ((redeemed_at IS NULL) = (redeemer_account_id IS NULL) AND redeemed_at < expires_at),
  CONSTRAINT access_codes_cancelled_check
    CHECK ((cancelled_at IS NULL) = (canceller_account_id IS NULL) AND cancelled_at < expires_at),
  CONSTRAINT access_codes_one_end_check CHECK (redeemed_at IS NULL OR cancelled_at IS NULL)
);

-- A patient's codes, newest first.
CREATE INDEX access_codes_patient ON access_codes (patient_id, clinic_id, created_at DESC, access_code_id DESC);

-- Whatever a statement says: the end of a code or grant stays as it was written.
CREATE FUNCTION refuse_reopening() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  RAISE EXCEPTION 'what has ended does not change'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END
$$;

CREATE TRIGGER access_codes_end_once BEFORE UPDATE ON access_codes
  FOR EACH ROW WHEN (OLD.redeemed_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL)
  EXECUTE FUNCTION refuse_reopening();

GRANT SELECT, INSERT ON access_codes TO :"app_role";
GRANT UPDATE (redeemed_at, redeemer_account_id, cancelled_at, canceller_account_id) ON access_codes TO :"app_role";

COMMIT;
