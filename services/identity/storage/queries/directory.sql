-- name: TellAccount
UPDATE accounts SET told_version = version WHERE account_id = $1
RETURNING account_id, email, language, version

-- name: TellUntoldAccounts
UPDATE accounts SET told_version = version WHERE account_id = ANY (ARRAY(
  SELECT account_id FROM accounts WHERE told_version < version
  ORDER BY account_id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
RETURNING account_id, email, language, version

-- name: TellUntoldClinics
UPDATE clinics SET told_version = version WHERE clinic_id = ANY (ARRAY(
  SELECT clinic_id FROM clinics WHERE told_version < version
  ORDER BY clinic_id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
RETURNING clinic_id, display_name, notice_email, language, version
