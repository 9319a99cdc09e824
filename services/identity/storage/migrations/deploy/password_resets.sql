-- identity:password_resets
-- Why: a forgotten password is replaced by who holds the mailbox. There is a row for addresses without an account too,
-- whose link went to nobody: asking costs and writes the same for all.
-- Expands. Locks: new table only.

BEGIN;

-- One per address, the newest.
CREATE TABLE password_resets (
  normalized_email text CONSTRAINT password_resets_pkey PRIMARY KEY,
  -- The account that had the address then; null if none had.
  account_id uuid
    CONSTRAINT password_resets_account_id_fkey REFERENCES accounts,
  -- SHA-256 of the link's token.
  token_hash bytea NOT NULL
    CONSTRAINT password_resets_token_hash_key UNIQUE,
  expires_at timestamptz NOT NULL
);

CREATE INDEX password_resets_expires_at ON password_resets (expires_at);
CREATE INDEX password_resets_account_id ON password_resets (account_id);

GRANT SELECT, INSERT, DELETE ON password_resets TO :"app_role";
GRANT UPDATE (account_id, token_hash, expires_at) ON password_resets TO :"app_role";

COMMIT;
