-- identity:attempts
-- Why: passwords can be guessed, so attempts are counted before a password is looked at. Each row keeps
-- the instants of the attempts that still count, which makes the limit hold in every window, not only in
-- those that begin on the hour.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE attempts (
  -- What is counted; see storage/attempt_counter.h.
  kind smallint NOT NULL,
  -- SHA-256 of the e-mail address or network: who tries to sign in is nobody's reading matter, and what
  -- people type into the wrong field is not kept.
  subject bytea NOT NULL,
  -- Oldest first, at most as many as the limit.
  attempted_at timestamptz[] NOT NULL,
  -- When the last of them stops counting.
  expires_at timestamptz NOT NULL,
  CONSTRAINT attempts_pkey PRIMARY KEY (kind, subject)
);

CREATE INDEX attempts_expires_at ON attempts (expires_at);

GRANT SELECT, INSERT, DELETE ON attempts TO :"app_role";
GRANT UPDATE (attempted_at, expires_at) ON attempts TO :"app_role";

COMMIT;
