-- identity:accounts
-- Why: an account is an e-mail address whose mailbox was proven, and a password. What was asked for but
-- not proven is a sign-up, in a table of its own: nobody can prepare an account for somebody else's
-- address, because the link that proves the mailbox makes the account with the password of its own
-- sign-up.
-- Expands. Locks: new tables only.

BEGIN;

CREATE TABLE accounts (
  account_id uuid CONSTRAINT accounts_pkey PRIMARY KEY,
  -- As the person wrote it.
  email text NOT NULL
    CONSTRAINT accounts_email_check CHECK (octet_length(email) <= 254),
  -- Lower case; what addresses are compared by.
  normalized_email text NOT NULL
    CONSTRAINT accounts_normalized_email_check CHECK (normalized_email = lower(email))
    CONSTRAINT accounts_normalized_email_key UNIQUE,
  -- Argon2id in PHC form, with its parameters.
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL
);

-- One per address, the newest. It stays after its link has expired, so that its owner is told at
-- sign-in that the mailbox was never proven.
CREATE TABLE sign_ups (
  normalized_email text CONSTRAINT sign_ups_pkey PRIMARY KEY,
  email text NOT NULL
    CONSTRAINT sign_ups_email_check CHECK (octet_length(email) <= 254),
  password_hash text NOT NULL,
  -- SHA-256 of the link's token.
  token_hash bytea NOT NULL
    CONSTRAINT sign_ups_token_hash_key UNIQUE,
  created_at timestamptz NOT NULL,
  -- Of the link.
  expires_at timestamptz NOT NULL,
  CONSTRAINT sign_ups_normalized_email_check CHECK (normalized_email = lower(email))
);

CREATE INDEX sign_ups_expires_at ON sign_ups (expires_at);

GRANT SELECT, INSERT ON accounts TO :"app_role";
GRANT UPDATE (password_hash) ON accounts TO :"app_role";
GRANT SELECT, INSERT, DELETE ON sign_ups TO :"app_role";
GRANT UPDATE (email, password_hash, token_hash, created_at, expires_at) ON sign_ups TO :"app_role";

COMMIT;
