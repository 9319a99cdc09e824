-- foundation:outbox
-- Why: what a change causes outside of the database (a mail, a call) is committed with it and
-- delivered afterwards, at least once. Claimed with FOR UPDATE SKIP LOCKED, deleted on delivery.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE outbox_events (
  event_id uuid CONSTRAINT outbox_events_pkey PRIMARY KEY,
  topic text NOT NULL,
  -- Sealed under a key outside of the database.
  payload bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- Not to be claimed before: moves on with each attempt.
  available_at timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0
    CONSTRAINT outbox_events_attempts_check CHECK (attempts >= 0),
  last_error_code text
);

CREATE INDEX outbox_events_available_at ON outbox_events (available_at, event_id);

GRANT SELECT, INSERT, DELETE ON outbox_events TO :"app_role";
GRANT UPDATE (available_at, attempts, last_error_code) ON outbox_events TO :"app_role";

COMMIT;
