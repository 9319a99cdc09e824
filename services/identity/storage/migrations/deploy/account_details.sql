-- identity:account_details
-- Why: an account has a language to be written to in, may have no password yet (made by a booking with a proven
-- mailbox), moves to another address, agrees to the terms by version, and is closed. Messaging is told of each change;
-- the version orders what it is told.
-- Expands. Locks: accounts, briefly: constant defaults, no rewrite. A program from before neither sees nor makes
-- accounts without an address or a password, and answers INTERNAL to whoever signs in to one.

BEGIN;

ALTER TABLE accounts
  -- Null once the account is closed: then the address is free again.
  ALTER COLUMN email DROP NOT NULL,
  ALTER COLUMN normalized_email DROP NOT NULL,
  -- Null: no password was chosen yet, or the account is closed.
  ALTER COLUMN password_hash DROP NOT NULL,
  ADD COLUMN language text NOT NULL DEFAULT 'en'
    CONSTRAINT accounts_language_check CHECK (language IN ('en', 'fr')),
  -- Rises with each change of the address, the language or the state.
  ADD COLUMN version bigint NOT NULL DEFAULT 1
    CONSTRAINT accounts_version_check CHECK (version >= 1),
  -- Of the terms that were agreed to last; null: of none.
  ADD COLUMN terms_version integer
    CONSTRAINT accounts_terms_version_check CHECK (terms_version >= 1),
  ADD COLUMN terms_accepted_at timestamptz,
  ADD COLUMN closed_at timestamptz,
  ADD CONSTRAINT accounts_terms_check CHECK ((terms_version IS NULL) = (terms_accepted_at IS NULL)),
  -- Of a closed account nothing is left that belongs to its owner.
  ADD CONSTRAINT accounts_closed_check CHECK (
    (closed_at IS NULL) = (email IS NOT NULL)
    AND (closed_at IS NULL) = (normalized_email IS NOT NULL)
    AND (closed_at IS NULL OR password_hash IS NULL)
  );

-- What the account will begin with.
ALTER TABLE sign_ups
  ADD COLUMN language text NOT NULL DEFAULT 'en'
    CONSTRAINT sign_ups_language_check CHECK (language IN ('en', 'fr')),
  ADD COLUMN terms_version integer
    CONSTRAINT sign_ups_terms_version_check CHECK (terms_version >= 1);

GRANT UPDATE (email, normalized_email, language, version, terms_version, terms_accepted_at, closed_at)
  ON accounts TO :"app_role";
GRANT UPDATE (language, terms_version) ON sign_ups TO :"app_role";

COMMIT;
