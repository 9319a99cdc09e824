-- identity:sessions
-- Why: a session is an opaque token, stored hashed, that is looked up at every request, so that ending
-- it takes effect at once.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE sessions (
  session_id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
  account_id uuid NOT NULL
    CONSTRAINT sessions_account_id_fkey REFERENCES accounts,
  -- SHA-256 of the token.
  token_hash bytea NOT NULL
    CONSTRAINT sessions_token_hash_key UNIQUE,
  created_at timestamptz NOT NULL,
  -- Updated seldom, to spare writes; idle expiry counts from here.
  last_seen_at timestamptz NOT NULL,
  -- At the latest, however busy it is.
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT sessions_expires_at_check CHECK (expires_at > created_at)
)
-- Room for the updates of last_seen_at beside the row, so that no index changes (HOT).
WITH (fillfactor = 80);

CREATE INDEX sessions_account_id ON sessions (account_id, session_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

GRANT SELECT, INSERT, DELETE ON sessions TO :"app_role";
GRANT UPDATE (last_seen_at, ended_at) ON sessions TO :"app_role";

COMMIT;
