-- identity:service_accounts
-- Why: a clinic's other back ends act through service accounts: a secret that its owner can replace and revoke, exchanged
-- for a session. Their sessions have a table of their own because they belong to no person's account, and nothing that is
-- done to an account's sessions concerns them.
-- Expands. Locks: new tables only.

BEGIN;

CREATE TABLE service_accounts (
  service_account_id uuid CONSTRAINT service_accounts_pkey PRIMARY KEY,
  clinic_id uuid NOT NULL
    CONSTRAINT service_accounts_clinic_id_fkey REFERENCES clinics,
  display_name text NOT NULL
    CONSTRAINT service_accounts_display_name_check CHECK (length(display_name) BETWEEN 1 AND 200),
  -- A sum of 2 to the power of each scope's number in the contract.
  scopes integer NOT NULL
    CONSTRAINT service_accounts_scopes_check CHECK (scopes > 0 AND scopes % 2 = 0),
  created_at timestamptz NOT NULL,
  -- When it got its present secret.
  rotated_at timestamptz NOT NULL,
  revoked_at timestamptz
);

CREATE INDEX service_accounts_clinic ON service_accounts (clinic_id, service_account_id);

CREATE TABLE service_account_secrets (
  -- SHA-256 of 256 random bits: a faster hash than a password's does no harm.
  secret_hash bytea CONSTRAINT service_account_secrets_pkey PRIMARY KEY,
  service_account_id uuid NOT NULL
    CONSTRAINT service_account_secrets_service_account_id_fkey REFERENCES service_accounts,
  created_at timestamptz NOT NULL,
  -- Null for the present one.
  expires_at timestamptz
);

CREATE UNIQUE INDEX service_account_secrets_present ON service_account_secrets (service_account_id)
  WHERE expires_at IS NULL;
CREATE INDEX service_account_secrets_service_account_id ON service_account_secrets (service_account_id);
CREATE INDEX service_account_secrets_expires_at ON service_account_secrets (expires_at);

CREATE TABLE service_account_sessions (
  session_id uuid CONSTRAINT service_account_sessions_pkey PRIMARY KEY,
  service_account_id uuid NOT NULL
    CONSTRAINT service_account_sessions_service_account_id_fkey REFERENCES service_accounts,
  -- SHA-256 of the token.
  token_hash bytea NOT NULL
    CONSTRAINT service_account_sessions_token_hash_key UNIQUE,
  created_at timestamptz NOT NULL,
  -- As in sessions.
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT service_account_sessions_expires_at_check CHECK (expires_at > created_at)
)
WITH (fillfactor = 80);

CREATE INDEX service_account_sessions_service_account_id
  ON service_account_sessions (service_account_id, session_id);
CREATE INDEX service_account_sessions_expires_at ON service_account_sessions (expires_at);

GRANT SELECT, INSERT ON service_accounts TO :"app_role";
GRANT UPDATE (rotated_at, revoked_at) ON service_accounts TO :"app_role";
GRANT SELECT, INSERT, DELETE ON service_account_secrets TO :"app_role";
GRANT UPDATE (expires_at) ON service_account_secrets TO :"app_role";
GRANT SELECT, INSERT, DELETE ON service_account_sessions TO :"app_role";
GRANT UPDATE (last_seen_at, ended_at) ON service_account_sessions TO :"app_role";

COMMIT;
