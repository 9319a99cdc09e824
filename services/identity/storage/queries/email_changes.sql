-- name: UpsertEmailChange
-- The newest one counts. The same work whether or not another account has the address.
INSERT INTO email_changes (account_id, email, session_id, token_hash, expires_at)
VALUES ($1, $2, $4, $5, from_micros($6))
ON CONFLICT (account_id) DO UPDATE
  SET email = excluded.email, session_id = excluded.session_id, token_hash = excluded.token_hash,
      expires_at = excluded.expires_at
RETURNING EXISTS (SELECT FROM accounts WHERE normalized_email = $3 AND accounts.account_id <> $1) AS taken

-- name: GetEmailChange
SELECT account_id FROM email_changes WHERE token_hash = $1 AND expires_at > from_micros($2)

-- name: UseEmailChange
-- Of two uses at once the second finds no link, and so does one that was replaced meanwhile.
DELETE FROM email_changes WHERE account_id = $1 AND token_hash = $2
RETURNING email, session_id

-- name: MoveAccount
-- The unique key on the address settles who of two gets it.
UPDATE accounts SET email = $2, normalized_email = $3, version = version + 1 WHERE account_id = $1

-- name: DeleteEmailChange
DELETE FROM email_changes WHERE account_id = $1

-- name: PruneEmailChanges
DELETE FROM email_changes WHERE account_id = ANY (ARRAY(
  SELECT account_id FROM email_changes WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
