-- name: GetSecondFactor
SELECT sealed_secret, micros(confirmed_at) AS confirmed_us, last_step, micros(removal_at) AS removal_us,
       (SELECT count(*) FROM recovery_codes WHERE recovery_codes.account_id = second_factors.account_id) AS codes_left
FROM second_factors WHERE account_id = $1

-- name: LockSecondFactor
-- Of two codes tried at once the second waits here, and then sees the step of the first.
SELECT sealed_secret, micros(confirmed_at) AS confirmed_us, last_step, micros(removal_at) AS removal_us,
       (SELECT count(*) FROM recovery_codes WHERE recovery_codes.account_id = second_factors.account_id) AS codes_left
FROM second_factors WHERE account_id = $1
FOR UPDATE

-- name: BeginSecondFactor
-- No row if the account has one.
INSERT INTO second_factors (account_id, sealed_secret) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, last_step = 0
  WHERE second_factors.confirmed_at IS NULL
RETURNING account_id

-- name: ConfirmSecondFactor
UPDATE second_factors SET confirmed_at = from_micros($2) WHERE account_id = $1 AND confirmed_at IS NULL

-- name: UseTotpStep
-- Sealed anew, under the newest key. No removal goes on after the factor was seen.
UPDATE second_factors SET last_step = $2, sealed_secret = $3, removal_at = NULL
WHERE account_id = $1 AND last_step < $2

-- name: UseRecoveryCode
-- The code's use and its end are one statement. No removal goes on after its owner was seen.
WITH used AS (DELETE FROM recovery_codes WHERE account_id = $1 AND code_hash = $2 RETURNING account_id)
UPDATE second_factors SET removal_at = NULL FROM used WHERE second_factors.account_id = used.account_id

-- name: DeleteRecoveryCodes
DELETE FROM recovery_codes WHERE account_id = $1

-- name: InsertRecoveryCodes
INSERT INTO recovery_codes (account_id, code_hash) SELECT $1, decode(code_hash, 'hex') FROM unnest($2::text[]) AS code_hash

-- name: DeleteSecondFactor
-- With its recovery codes.
DELETE FROM second_factors WHERE account_id = $1 RETURNING confirmed_at IS NOT NULL AS was_confirmed

-- name: UnproveSessions
-- What was proven is gone.
UPDATE sessions SET second_factor_at = NULL WHERE account_id = $1 AND ended_at IS NULL AND second_factor_at IS NOT NULL

-- name: ProveSession
UPDATE sessions SET second_factor_at = from_micros($3) WHERE session_id = $1 AND account_id = $2

-- name: PutRemovalCode
-- The newest one counts.
UPDATE second_factors
SET removal_code = $2, removal_code_tries = 0, removal_code_expires_at = from_micros($3)
WHERE account_id = $1 AND confirmed_at IS NOT NULL
RETURNING account_id

-- name: CountRemovalCodeTry
-- The code to compare with, if it is live at $2 and was tried fewer than $3 times. Those at once queue up at the row, and
-- each sees the ones before it.
UPDATE second_factors SET removal_code_tries = removal_code_tries + 1
WHERE account_id = $1 AND removal_code_expires_at > from_micros($2) AND removal_code_tries < $3
RETURNING removal_code

-- name: UseRemovalCode
-- That very code: of two uses at once the second finds none.
UPDATE second_factors SET removal_code = NULL, removal_code_expires_at = NULL
WHERE account_id = $1 AND removal_code = $2
RETURNING account_id

-- name: BeginSecondFactorRemoval
-- Begun already, it goes on as it was, unless it lapsed at $4. No row without a confirmed factor.
UPDATE second_factors
SET removal_at = from_micros($2), removal_token_hash = $3
WHERE account_id = $1 AND confirmed_at IS NOT NULL AND (removal_at IS NULL OR removal_at <= from_micros($4))
RETURNING account_id

-- name: CancelSecondFactorRemoval
UPDATE second_factors SET removal_at = NULL WHERE removal_token_hash = $1 RETURNING account_id

-- name: CompleteSecondFactorRemoval
-- Due at $2, and not lapsed since $3.
DELETE FROM second_factors
WHERE account_id = $1 AND removal_at <= from_micros($2) AND removal_at > from_micros($3)
RETURNING account_id

-- name: InsertChallenge
INSERT INTO second_factor_challenges (token_hash, account_id, device, device_id, expires_at)
VALUES ($1, $2, $3, $4, from_micros($5))

-- name: GetChallenge
SELECT challenge.account_id, account.email, account.language, challenge.device, challenge.device_id
FROM second_factor_challenges AS challenge
JOIN accounts AS account ON account.account_id = challenge.account_id
WHERE challenge.token_hash = $1 AND challenge.expires_at > from_micros($2) AND account.email IS NOT NULL

-- name: UseChallenge
-- Of two uses at once the second finds none.
DELETE FROM second_factor_challenges WHERE token_hash = $1 AND expires_at > from_micros($2) RETURNING account_id

-- name: DeleteChallenges
DELETE FROM second_factor_challenges WHERE account_id = $1

-- name: PruneChallenges
-- Nothing updates a challenge, and the service may not: so no row is locked first. One that is being used is over soon.
DELETE FROM second_factor_challenges WHERE token_hash = ANY (ARRAY(
  SELECT token_hash FROM second_factor_challenges WHERE expires_at <= from_micros($1) ORDER BY expires_at LIMIT $2))
