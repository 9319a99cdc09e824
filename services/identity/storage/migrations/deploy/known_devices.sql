-- identity:known_devices
-- Why: ten wrong guesses by strangers lock an address. A device that the account was used from before has a counter of
-- its own, so that its owner gets in nevertheless, and a sign-in from any other device is told to the owner.
-- Expands. Locks: sessions and accounts, briefly: columns without defaults. The index on sessions is built while writes
-- wait; the table holds a month of sessions.

BEGIN;

CREATE TABLE known_devices (
  device_id uuid CONSTRAINT known_devices_pkey PRIMARY KEY,
  account_id uuid NOT NULL
    CONSTRAINT known_devices_account_id_fkey REFERENCES accounts,
  -- SHA-256 of the token that the device keeps.
  token_hash bytea NOT NULL
    CONSTRAINT known_devices_token_hash_key UNIQUE,
  created_at timestamptz NOT NULL,
  -- Of the last sign-in.
  last_seen_at timestamptz NOT NULL
);

CREATE INDEX known_devices_account ON known_devices (account_id, last_seen_at);
CREATE INDEX known_devices_last_seen_at ON known_devices (last_seen_at);

ALTER TABLE sessions
  -- Where it was opened; null once the device is forgotten.
  ADD COLUMN device_id uuid
    CONSTRAINT sessions_device_id_fkey REFERENCES known_devices ON DELETE SET NULL;

CREATE INDEX sessions_device_id ON sessions (device_id) WHERE device_id IS NOT NULL;

-- Null: never; nobody needs to be told of the first sign-in.
ALTER TABLE accounts ADD COLUMN first_signed_in_at timestamptz;

GRANT SELECT, INSERT, DELETE ON known_devices TO :"app_role";
GRANT UPDATE (last_seen_at) ON known_devices TO :"app_role";
GRANT UPDATE (first_signed_in_at) ON accounts TO :"app_role";

COMMIT;
