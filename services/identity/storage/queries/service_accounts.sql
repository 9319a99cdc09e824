-- name: InsertServiceAccount
INSERT INTO service_accounts (service_account_id, clinic_id, display_name, scopes, created_at, rotated_at)
VALUES ($1, $2, $3, $4, from_micros($5), from_micros($5))

-- name: InsertServiceAccountSecret
INSERT INTO service_account_secrets (secret_hash, service_account_id, created_at) VALUES ($1, $2, from_micros($3))

-- name: ListServiceAccounts
-- Ids grow with time.
SELECT service_account_id, clinic_id, display_name, scopes, micros(created_at) AS created_us,
       micros(rotated_at) AS rotated_us, micros(revoked_at) AS revoked_us
FROM service_accounts WHERE clinic_id = $1 AND service_account_id > $2
ORDER BY service_account_id LIMIT $3

-- name: LockServiceAccount
-- Of two changes at once the second waits here and sees what the first one did.
SELECT service_account_id, clinic_id, display_name, scopes, micros(created_at) AS created_us,
       micros(rotated_at) AS rotated_us, micros(revoked_at) AS revoked_us
FROM service_accounts WHERE clinic_id = $1 AND service_account_id = $2
FOR NO KEY UPDATE

-- name: LockServiceAccountBySecret
-- A sign-in and a revocation exclude each other: either the session is there to be ended, or it is not opened.
SELECT account.service_account_id, account.clinic_id, account.display_name, account.scopes,
       micros(account.created_at) AS created_us, micros(account.rotated_at) AS rotated_us,
       micros(account.revoked_at) AS revoked_us
FROM service_account_secrets AS secret
JOIN service_accounts AS account ON account.service_account_id = secret.service_account_id
WHERE secret.secret_hash = $1 AND (secret.expires_at IS NULL OR secret.expires_at > from_micros($2))
  AND account.revoked_at IS NULL
FOR SHARE OF account

-- name: ExpireServiceAccountSecrets
-- The present secret is good until $2, older ones are not good any more at $3.
UPDATE service_account_secrets
SET expires_at = CASE WHEN expires_at IS NULL THEN from_micros($2) ELSE least(expires_at, from_micros($3)) END
WHERE service_account_id = $1

-- name: RotateServiceAccount
UPDATE service_accounts SET rotated_at = from_micros($2) WHERE service_account_id = $1

-- name: RevokeServiceAccount
UPDATE service_accounts SET revoked_at = from_micros($2) WHERE service_account_id = $1

-- name: EndServiceAccountSessions
UPDATE service_account_sessions SET ended_at = from_micros($2)
WHERE service_account_id = $1 AND ended_at IS NULL AND expires_at > from_micros($2)

-- name: EndOldestServiceAccountSessions
-- All live ones but the $2 newest.
UPDATE service_account_sessions SET ended_at = from_micros($3) WHERE session_id = ANY (ARRAY(
  SELECT session_id FROM service_account_sessions
  WHERE service_account_id = $1 AND ended_at IS NULL AND expires_at > from_micros($3)
  ORDER BY session_id DESC OFFSET $2))

-- name: InsertServiceAccountSession
INSERT INTO service_account_sessions (session_id, service_account_id, token_hash, created_at, last_seen_at, expires_at)
VALUES ($1, $2, $3, from_micros($4), from_micros($4), from_micros($5))

-- name: GetServiceAccountSessionByToken
SELECT session.session_id, micros(session.created_at) AS session_created_us,
       micros(session.last_seen_at) AS last_seen_us, micros(session.expires_at) AS expires_us,
       micros(session.ended_at) AS ended_us, account.service_account_id, account.clinic_id, account.display_name,
       account.scopes, micros(account.created_at) AS created_us, micros(account.rotated_at) AS rotated_us,
       micros(account.revoked_at) AS revoked_us
FROM service_account_sessions AS session
JOIN service_accounts AS account ON account.service_account_id = session.service_account_id
WHERE session.token_hash = $1

-- name: TouchServiceAccountSession
UPDATE service_account_sessions SET last_seen_at = from_micros($2)
WHERE session_id = $1 AND ended_at IS NULL AND last_seen_at <= from_micros($3)

-- name: PruneServiceAccountSessions
DELETE FROM service_account_sessions WHERE session_id = ANY (ARRAY(
  SELECT session_id FROM service_account_sessions WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))

-- name: PruneServiceAccountSecrets
DELETE FROM service_account_secrets WHERE secret_hash = ANY (ARRAY(
  SELECT secret_hash FROM service_account_secrets WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
