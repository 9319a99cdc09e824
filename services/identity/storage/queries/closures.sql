-- name: CloseAccount
-- Only while the password is the one that was verified. Whoever opens a session for the account meanwhile waits for its
-- row here.
WITH open_account AS (
  SELECT account_id, email, language FROM accounts
  WHERE account_id = $1 AND password_hash = $2 AND closed_at IS NULL FOR UPDATE
)
UPDATE accounts AS account
SET email = NULL, normalized_email = NULL, password_hash = NULL, closed_at = from_micros($3),
    version = account.version + 1
FROM open_account WHERE account.account_id = open_account.account_id
RETURNING open_account.email, open_account.language

-- name: LockClinicsOfStaffMember
-- Changes of these clinics' staff wait, so that what is found out about their owners stays true.
SELECT clinic_id FROM clinics
WHERE clinic_id = ANY (ARRAY(SELECT clinic_id FROM staff_members WHERE account_id = $1))
ORDER BY clinic_id FOR NO KEY UPDATE

-- name: GetClinicOfLastOwner
-- Where the account is an active owner, and nobody else is.
SELECT member.clinic_id FROM staff_members AS member
WHERE member.account_id = $1 AND member.suspended_at IS NULL AND member.roles & 2 <> 0
  AND NOT EXISTS (
    SELECT FROM staff_members AS other
    WHERE other.clinic_id = member.clinic_id AND other.staff_member_id <> member.staff_member_id
      AND other.account_id IS NOT NULL AND other.suspended_at IS NULL AND other.roles & 2 <> 0)
LIMIT 1

-- name: DeleteMemberships
DELETE FROM staff_members WHERE account_id = $1
RETURNING staff_member_id, clinic_id
