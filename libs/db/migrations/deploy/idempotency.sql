-- foundation:idempotency
-- Why: a caller that lost the answer repeats its request_id and gets the same answer, not a second
-- change. Written in the change's transaction, kept until expires_at.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE idempotency_keys (
  caller text NOT NULL,
  method text NOT NULL,
  request_id text NOT NULL,
  -- HMAC of the request and the id of its key: the same id with another request is refused.
  mac_key_id text NOT NULL,
  request_mac bytea NOT NULL,
  -- Sealed under a key outside of the database; NULL only inside the transaction of the change.
  response bytea,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller, method, request_id),
  CONSTRAINT idempotency_keys_expires_at_check CHECK (expires_at > created_at)
);

CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

GRANT SELECT, INSERT, DELETE ON idempotency_keys TO :"app_role";
GRANT UPDATE (mac_key_id, request_mac, response, created_at, expires_at) ON idempotency_keys TO :"app_role";

COMMIT;
