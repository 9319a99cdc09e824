-- name: GetCredentials
-- One row for every address, known or not, found with the same work: what a password is compared with.
SELECT account.account_id, account.password_hash, sign_up.password_hash AS sign_up_password_hash
FROM (SELECT $1::text AS normalized_email) AS asked
LEFT JOIN accounts AS account ON account.normalized_email = asked.normalized_email
LEFT JOIN sign_ups AS sign_up ON sign_up.normalized_email = asked.normalized_email

-- name: UpsertSignUp
-- The newest one counts. Kept for an address that has an account too, though no link goes out for it: what it is
-- compared with at sign-in must not tell whether there is an account.
INSERT INTO sign_ups (normalized_email, email, password_hash, token_hash, created_at, expires_at, language,
                      terms_version)
VALUES ($1, $2, $3, $4, from_micros($5), from_micros($6), $7, $8)
ON CONFLICT (normalized_email) DO UPDATE
  SET email = excluded.email, password_hash = excluded.password_hash, token_hash = excluded.token_hash,
      created_at = excluded.created_at, expires_at = excluded.expires_at, language = excluded.language,
      terms_version = excluded.terms_version, link_attempts = 0
RETURNING EXISTS (SELECT FROM accounts WHERE accounts.normalized_email = sign_ups.normalized_email) AS has_account

-- name: CountLinkAttempt
-- The hash to compare with, if the link is live at $2 and was tried fewer than $3 times. Those at once queue up at the
-- row, and each sees the ones before it.
UPDATE sign_ups SET link_attempts = link_attempts + 1
WHERE token_hash = $1 AND expires_at > from_micros($2) AND link_attempts < $3
RETURNING password_hash

-- name: VerifySignUp
-- The link's use and the account are one statement: of two uses at once the second finds no sign-up.
WITH proven AS (
  DELETE FROM sign_ups WHERE token_hash = $1 AND expires_at > from_micros($3)
  RETURNING email, normalized_email, password_hash, language, terms_version, created_at AS signed_up_at
)
INSERT INTO accounts (account_id, email, normalized_email, password_hash, created_at, language, terms_version,
                      terms_accepted_at)
SELECT $2, email, normalized_email, password_hash, from_micros($3), language, terms_version,
       CASE WHEN terms_version IS NOT NULL THEN signed_up_at END
FROM proven
ON CONFLICT (normalized_email) DO NOTHING
RETURNING account_id

-- name: InsertAccount
-- No row if the address has an account.
INSERT INTO accounts (account_id, email, normalized_email, password_hash, created_at)
VALUES ($1, $2, $3, $4, from_micros($5))
ON CONFLICT (normalized_email) DO NOTHING
RETURNING account_id

-- name: InsertProvenAccount
-- Without a password. No row if the address has an account.
INSERT INTO accounts (account_id, email, normalized_email, language, created_at)
VALUES ($1, $2, $3, $4, from_micros($5))
ON CONFLICT (normalized_email) DO NOTHING
RETURNING account_id

-- name: GetAccountByEmail
SELECT account_id FROM accounts WHERE normalized_email = $1

-- name: GetAccount
SELECT account_id, email, micros(created_at) AS created_us, language, terms_version,
       micros(terms_accepted_at) AS terms_accepted_us
FROM accounts WHERE account_id = $1 AND closed_at IS NULL

-- name: UpdateLanguage
-- No row if the account has it already, or was closed.
UPDATE accounts SET language = $2, version = version + 1
WHERE account_id = $1 AND closed_at IS NULL AND language <> $2
RETURNING account_id

-- name: AcceptTerms
-- No row if the account agreed to this version already, or was closed.
UPDATE accounts SET terms_version = $2, terms_accepted_at = from_micros($3)
WHERE account_id = $1 AND closed_at IS NULL AND terms_version IS DISTINCT FROM $2
RETURNING account_id

-- name: UpdatePasswordHash
-- Only while the hash is the one that was verified.
UPDATE accounts SET password_hash = $3 WHERE account_id = $1 AND password_hash = $2

-- name: LockAccount
-- Until the transaction ends, nobody changes the password that was verified; $2 is null for an account that proved
-- itself in another way. Not shared: what follows changes the row, and two who share it would wait for each other.
SELECT email, language FROM accounts
WHERE account_id = $1 AND closed_at IS NULL AND ($2::text IS NULL OR password_hash = $2)
FOR NO KEY UPDATE

-- name: DeleteSignUp
DELETE FROM sign_ups WHERE normalized_email = $1

-- name: PruneSignUps
DELETE FROM sign_ups WHERE normalized_email = ANY (ARRAY(
  SELECT normalized_email FROM sign_ups WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
