-- identity:mailbox_codes
-- Why: a visitor who books proves a mailbox with six digits sent there. The tries are counted in the code's own row, by
-- the statement that hands out what a try is compared with: no try is looked at uncounted.
-- Expands. Locks: new table only.

BEGIN;

-- One per address, the newest.
CREATE TABLE mailbox_codes (
  mailbox_code_id uuid CONSTRAINT mailbox_codes_pkey PRIMARY KEY,
  normalized_email text NOT NULL
    CONSTRAINT mailbox_codes_normalized_email_key UNIQUE,
  -- As the person wrote it, and the language they were written to in: what an account begins with.
  email text NOT NULL
    CONSTRAINT mailbox_codes_email_check CHECK (octet_length(email) <= 254),
  language text NOT NULL
    CONSTRAINT mailbox_codes_language_check CHECK (language IN ('en', 'fr')),
  -- HMAC-SHA-256 under a key that is not in the database: a million codes are hashed in no time.
  key_id text NOT NULL,
  code_mac bytea NOT NULL,
  tries smallint NOT NULL DEFAULT 0
    CONSTRAINT mailbox_codes_tries_check CHECK (tries >= 0),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT mailbox_codes_normalized_email_check CHECK (normalized_email = lower(email))
);

CREATE INDEX mailbox_codes_expires_at ON mailbox_codes (expires_at);

GRANT SELECT, INSERT, DELETE ON mailbox_codes TO :"app_role";
GRANT UPDATE (mailbox_code_id, email, language, key_id, code_mac, tries, created_at, expires_at)
  ON mailbox_codes TO :"app_role";

COMMIT;
