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
  -- Not to be claimed before: the end of a claim's lease, then of the wait after a failure.
  available_at timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0
    CONSTRAINT outbox_events_attempts_check CHECK (attempts >= 0),
  last_error_code text,
  -- Set when delivery was refused for good: kept for an operator, not tried again.
  dead_at timestamptz
);

CREATE INDEX outbox_events_available_at ON outbox_events (available_at, event_id)
  WHERE dead_at IS NULL;
CREATE INDEX outbox_events_dead ON outbox_events (event_id) WHERE dead_at IS NOT NULL;

GRANT SELECT, INSERT, DELETE ON outbox_events TO :"app_role";
GRANT UPDATE (available_at, attempts, last_error_code, dead_at) ON outbox_events TO :"app_role";

COMMIT;
