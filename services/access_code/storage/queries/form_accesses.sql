-- name: CheckFormAccess
-- At each request that opens a form: which of the assignments the account ($1) has open.
SELECT form_assignment_id, micros(created_at) AS created_us
FROM form_accesses
WHERE account_id = $1 AND form_assignment_id = ANY ($2::uuid[]) AND ended_at IS NULL

-- name: GetFormAccess
-- What the account ($1) has open of an assignment, with the code it came from.
SELECT code.access_code_id, code.clinic_id, code.patient_id, code.form_assignment_id
FROM form_accesses AS access JOIN access_codes AS code ON code.access_code_id = access.access_code_id
WHERE access.account_id = $1 AND access.form_assignment_id = $2 AND access.ended_at IS NULL

-- name: GetPatientOfForm
-- Whose form it is, as was said with its newest code. No row: the clinic issued none for such an assignment.
SELECT patient_id FROM access_codes
WHERE form_assignment_id = $1 AND clinic_id = $2
ORDER BY created_at DESC, access_code_id DESC LIMIT 1

-- name: CancelFormAccessCodes
-- As CancelAccessCode, all of an assignment's that are live.
UPDATE access_codes SET cancelled_at = from_micros($3), canceller_account_id = $4
WHERE form_assignment_id = $1 AND clinic_id = $2
  AND redeemed_at IS NULL AND cancelled_at IS NULL AND expires_at > from_micros($3)
RETURNING access_code_id, clinic_id, patient_id, issuer_account_id, micros(created_at) AS created_us,
          micros(expires_at) AS expires_us, redeemer_account_id, micros(redeemed_at) AS redeemed_us,
          micros(cancelled_at) AS cancelled_us, holder_relationship, birth_date_demanded, birth_date_tries,
          merged_from_patient_id, form_assignment_id

-- name: RevokeFormAccesses
-- Of all who opened the clinic's assignment.
UPDATE form_accesses AS access SET ended_at = from_micros($3), ender_account_id = $4, end_cause = 'revoked'
FROM access_codes AS code
WHERE code.form_assignment_id = $1 AND code.clinic_id = $2 AND access.access_code_id = code.access_code_id
  AND access.ended_at IS NULL
RETURNING access.account_id

-- name: CloseFormAccesses
-- All that the account, which was closed, has open at $2.
UPDATE form_accesses AS access SET ended_at = from_micros($2), ender_account_id = $1, end_cause = 'closed'
FROM access_codes AS code
WHERE access.account_id = $1 AND access.ended_at IS NULL AND code.access_code_id = access.access_code_id
RETURNING code.access_code_id, code.clinic_id, code.patient_id, code.form_assignment_id
