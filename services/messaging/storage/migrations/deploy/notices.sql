-- messaging:notices
-- Why: a notice that was taken over must not be sent again when its delivery is repeated, and an operator sees what
-- could not be sent. What a notice says and to whom is not here but sealed in outbox_events, under the same event id,
-- and erased there once it is sent.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE notices (
  event_id uuid CONSTRAINT notices_pkey PRIMARY KEY,
  source_service text NOT NULL
    CONSTRAINT notices_source_service_check CHECK (octet_length(source_service) BETWEEN 1 AND 63),
  kind text NOT NULL CONSTRAINT notices_kind_check CHECK (kind ~ '^[a-z_]{1,63}$'),
  -- When the event was made.
  created_at timestamptz NOT NULL,
  accepted_at timestamptz NOT NULL,
  -- A failure from then on is the last.
  try_until timestamptz NOT NULL,
  -- Of the last attempt: a word of ours, and the mail server's reply code if it got that far.
  failure text CONSTRAINT notices_failure_check CHECK (failure ~ '^[a-z_]{1,63}$'),
  reply_code int CONSTRAINT notices_reply_code_check CHECK (reply_code BETWEEN 200 AND 599)
);

CREATE INDEX notices_accepted_at ON notices (accepted_at);

GRANT SELECT, INSERT, DELETE, UPDATE (try_until, failure, reply_code) ON notices TO :"app_role";

COMMIT;
