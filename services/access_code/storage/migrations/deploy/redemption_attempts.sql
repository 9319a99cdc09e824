-- access_code:redemption_attempts
-- Why: how often a code was tried lately, by account and by client address. The row lock makes the count
-- exact whatever comes at once. Rows are pruned when their newest attempt no longer counts.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE redemption_attempts (
  -- "account:<uuid>", or "address:<IPv4 address or IPv6 /64>".
  subject text CONSTRAINT redemption_attempts_pkey PRIMARY KEY,
  -- The newest admitted attempts in their order, at most as many as the limit.
  admitted_at timestamptz[] NOT NULL,
  newest_at timestamptz NOT NULL
);

CREATE INDEX redemption_attempts_newest_at ON redemption_attempts (newest_at);

GRANT SELECT, INSERT, UPDATE (admitted_at, newest_at), DELETE ON redemption_attempts TO :"app_role";

COMMIT;
