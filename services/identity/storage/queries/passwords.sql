-- name: GetOwner
-- The account of a session that is open at $3: neither ended nor expired, and used since $4.
SELECT account.account_id, account.email, account.language, account.password_hash, session.device_id
FROM sessions AS session
JOIN accounts AS account ON account.account_id = session.account_id
WHERE session.session_id = $1 AND session.account_id = $2 AND session.ended_at IS NULL
  AND session.expires_at > from_micros($3) AND session.last_seen_at > from_micros($4)
  AND account.email IS NOT NULL

-- name: ReplacePassword
-- Only while the hash is the one that was verified.
UPDATE accounts SET password_hash = $3 WHERE account_id = $1 AND password_hash = $2 AND closed_at IS NULL

-- name: UpsertPasswordReset
-- The newest one counts. One row for every address, with the same work.
INSERT INTO password_resets AS reset (normalized_email, account_id, token_hash, expires_at)
SELECT asked.normalized_email, account.account_id, $2, from_micros($3)
FROM (SELECT $1::text AS normalized_email) AS asked
LEFT JOIN accounts AS account ON account.normalized_email = asked.normalized_email
ON CONFLICT (normalized_email) DO UPDATE
  SET account_id = excluded.account_id, token_hash = excluded.token_hash, expires_at = excluded.expires_at
RETURNING (SELECT account.email FROM accounts AS account WHERE account.account_id = reset.account_id) AS email,
          (SELECT account.language FROM accounts AS account WHERE account.account_id = reset.account_id) AS language

-- name: GetPasswordReset
-- Whether the link is worth the cost of a hash.
SELECT reset.account_id
FROM password_resets AS reset
JOIN accounts AS account
  ON account.account_id = reset.account_id AND account.normalized_email = reset.normalized_email
WHERE reset.token_hash = $1 AND reset.expires_at > from_micros($2)

-- name: UsePasswordReset
-- The link's use and the new password are one statement: of two uses at once the second finds no link. The account has
-- to be where the link was sent.
WITH used AS (
  DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > from_micros($2)
  RETURNING account_id, normalized_email
)
UPDATE accounts AS account SET password_hash = $3
FROM used WHERE account.account_id = used.account_id AND account.normalized_email = used.normalized_email
RETURNING account.account_id, account.email, account.language

-- name: DeletePasswordResets
DELETE FROM password_resets WHERE account_id = $1

-- name: PrunePasswordResets
DELETE FROM password_resets WHERE normalized_email = ANY (ARRAY(
  SELECT normalized_email FROM password_resets WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
