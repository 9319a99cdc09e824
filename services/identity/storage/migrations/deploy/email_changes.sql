-- identity:email_changes
-- Why: an account moves to another address once that mailbox is proven by a link. There is a row for an address that has
-- an account too, whose link went to nobody: asking does the same for all.
-- Expands. Locks: new table only.

BEGIN;

-- One per account, the newest.
CREATE TABLE email_changes (
  account_id uuid CONSTRAINT email_changes_pkey PRIMARY KEY
    CONSTRAINT email_changes_account_id_fkey REFERENCES accounts,
  -- The new address, as the person wrote it.
  email text NOT NULL
    CONSTRAINT email_changes_email_check CHECK (octet_length(email) <= 254),
  -- Where it was asked for: that session goes on when the others end. No reference, because sessions are pruned.
  session_id uuid NOT NULL,
  -- SHA-256 of the link's token.
  token_hash bytea NOT NULL
    CONSTRAINT email_changes_token_hash_key UNIQUE,
  expires_at timestamptz NOT NULL
);

CREATE INDEX email_changes_expires_at ON email_changes (expires_at);

GRANT SELECT, INSERT, DELETE ON email_changes TO :"app_role";
GRANT UPDATE (email, session_id, token_hash, expires_at) ON email_changes TO :"app_role";

COMMIT;
