-- name: UpsertMailboxCode
-- The newest one counts.
INSERT INTO mailbox_codes (mailbox_code_id, normalized_email, email, language, key_id, code_mac, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, from_micros($7), from_micros($8))
ON CONFLICT (normalized_email) DO UPDATE
  SET mailbox_code_id = excluded.mailbox_code_id, email = excluded.email, language = excluded.language,
      key_id = excluded.key_id, code_mac = excluded.code_mac, tries = 0, created_at = excluded.created_at,
      expires_at = excluded.expires_at

-- name: CountMailboxTry
-- What to compare with, if the code is live at $2 and was tried fewer than $3 times. Those at once queue up at the row,
-- and each sees the ones before it.
UPDATE mailbox_codes SET tries = tries + 1
WHERE normalized_email = $1 AND expires_at > from_micros($2) AND tries < $3
RETURNING mailbox_code_id, key_id, code_mac

-- name: UseMailboxCode
-- Of two uses at once the second finds no code, and so does one that was replaced meanwhile.
DELETE FROM mailbox_codes WHERE mailbox_code_id = $1
RETURNING email, language

-- name: PruneMailboxCodes
DELETE FROM mailbox_codes WHERE mailbox_code_id = ANY (ARRAY(
  SELECT mailbox_code_id FROM mailbox_codes WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
