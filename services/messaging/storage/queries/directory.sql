-- name: PutAccount
-- No row: the version is not newer.
INSERT INTO accounts (account_id, email, language, version) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE
  SET email = excluded.email, language = excluded.language, version = excluded.version
  WHERE accounts.version < excluded.version

-- name: PutClinic
-- No row: the version is not newer.
INSERT INTO clinics (clinic_id, display_name, notice_email, language, version) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (clinic_id) DO UPDATE
  SET display_name = excluded.display_name, notice_email = excluded.notice_email, language = excluded.language,
      version = excluded.version
  WHERE clinics.version < excluded.version

-- name: FindAccount
SELECT email, language FROM accounts WHERE account_id = $1

-- name: FindClinic
SELECT display_name, notice_email, language FROM clinics WHERE clinic_id = $1
