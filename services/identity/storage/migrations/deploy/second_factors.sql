-- identity:second_factors
-- Why: a password can be stolen; a second factor is something else its owner has. TOTP secrets have to be read to be
-- checked, so they are sealed under the service's sealing keys; recovery codes are hashed. A lost factor is removed
-- after a proven mailbox and a waiting time. A sign-in that still owes the second factor is a challenge.
-- Expands. Locks: new tables only.

BEGIN;

CREATE TABLE second_factors (
  account_id uuid CONSTRAINT second_factors_pkey PRIMARY KEY
    CONSTRAINT second_factors_account_id_fkey REFERENCES accounts,
  -- The TOTP secret, sealed for this account.
  sealed_secret bytea NOT NULL,
  -- Null: begun, and no code was seen yet.
  confirmed_at timestamptz,
  -- The newest step whose code was accepted: that one and those before it are never accepted again.
  last_step bigint NOT NULL DEFAULT 0,
  -- When it can be removed without a code; null unless somebody has asked for that.
  removal_at timestamptz,
  -- SHA-256 of the token that cancels the removal; stays, so that the link can say so again.
  removal_token_hash bytea
    CONSTRAINT second_factors_removal_token_hash_key UNIQUE,
  -- Six digits that were sent to the mailbox of who asks for a removal, sealed: a hash of them could be tried out. Tries
  -- are counted by the statement that hands them out.
  removal_code bytea,
  removal_code_tries smallint NOT NULL DEFAULT 0
    CONSTRAINT second_factors_removal_code_tries_check CHECK (removal_code_tries >= 0),
  removal_code_expires_at timestamptz,
  CONSTRAINT second_factors_removal_check CHECK (
    removal_at IS NULL OR (removal_token_hash IS NOT NULL AND confirmed_at IS NOT NULL)
  )
);

CREATE TABLE recovery_codes (
  account_id uuid NOT NULL
    CONSTRAINT recovery_codes_account_id_fkey REFERENCES second_factors ON DELETE CASCADE,
  -- SHA-256 of account and code. The codes have 80 bits: no slow hash is needed.
  code_hash bytea NOT NULL,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE second_factor_challenges (
  -- SHA-256 of the challenge's token.
  token_hash bytea CONSTRAINT second_factor_challenges_pkey PRIMARY KEY,
  account_id uuid NOT NULL
    CONSTRAINT second_factor_challenges_account_id_fkey REFERENCES accounts,
  -- As in sessions.
  device text NOT NULL
    CONSTRAINT second_factor_challenges_device_check CHECK (length(device) <= 100),
  -- The device, if the account was used from it before.
  device_id uuid
    CONSTRAINT second_factor_challenges_device_id_fkey REFERENCES known_devices ON DELETE SET NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX second_factor_challenges_account_id ON second_factor_challenges (account_id);
CREATE INDEX second_factor_challenges_device_id ON second_factor_challenges (device_id) WHERE device_id IS NOT NULL;
CREATE INDEX second_factor_challenges_expires_at ON second_factor_challenges (expires_at);

GRANT SELECT, INSERT, DELETE ON second_factors TO :"app_role";
GRANT UPDATE (sealed_secret, confirmed_at, last_step, removal_at, removal_token_hash, removal_code, removal_code_tries,
              removal_code_expires_at)
  ON second_factors TO :"app_role";
GRANT SELECT, INSERT, DELETE ON recovery_codes TO :"app_role";
GRANT SELECT, INSERT, DELETE ON second_factor_challenges TO :"app_role";

COMMIT;
