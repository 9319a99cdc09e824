-- name: InsertAccessCode
-- No row: the clinic has no such patient.
INSERT INTO access_codes (access_code_id, clinic_id, patient_id, pepper_id, digest, issuer_account_id, created_at,
                          expires_at)
SELECT $1::uuid, clinic_id, patient_id, $4::text, $5::bytea, $6::uuid, from_micros($7), from_micros($8)
FROM patients WHERE patient_id = $2 AND clinic_id = $3
RETURNING true AS inserted

-- name: ListAccessCodes
-- $3, $4: the last row of the page before; the end of time for the first page.
SELECT access_code_id, clinic_id, patient_id, issuer_account_id, micros(created_at) AS created_us,
       micros(expires_at) AS expires_us, redeemer_account_id, micros(redeemed_at) AS redeemed_us,
       micros(cancelled_at) AS cancelled_us
FROM access_codes
WHERE patient_id = $1 AND clinic_id = $2 AND (created_at, access_code_id) < (from_micros($3), $4::uuid)
ORDER BY created_at DESC, access_code_id DESC LIMIT $5

-- name: GetAccessCode
SELECT access_code_id, clinic_id, patient_id, issuer_account_id, micros(created_at) AS created_us,
       micros(expires_at) AS expires_us, redeemer_account_id, micros(redeemed_at) AS redeemed_us,
       micros(cancelled_at) AS cancelled_us
FROM access_codes WHERE access_code_id = $1 AND clinic_id = $2

-- name: CancelAccessCode
-- No row: not this clinic's, or not live at $3.
UPDATE access_codes SET cancelled_at = from_micros($3), canceller_account_id = $4
WHERE access_code_id = $1 AND clinic_id = $2
  AND redeemed_at IS NULL AND cancelled_at IS NULL AND expires_at > from_micros($3)
RETURNING access_code_id, clinic_id, patient_id, issuer_account_id, micros(created_at) AS created_us,
          micros(expires_at) AS expires_us, redeemer_account_id, micros(redeemed_at) AS redeemed_us,
          micros(cancelled_at) AS cancelled_us

-- name: RedeemAccessCode
-- Claims the code with one of the digests if it is live at $3 and the account ($2) has no grant for the patient, and
-- makes the grant ($4). Of many at once one claims it: the others wait for its row and then find it redeemed.
WITH claimed AS (
  UPDATE access_codes AS code SET redeemed_at = from_micros($3), redeemer_account_id = $2
  WHERE code.digest = ANY ($1::bytea[])
    AND code.redeemed_at IS NULL AND code.cancelled_at IS NULL AND code.expires_at > from_micros($3)
    AND NOT EXISTS (SELECT FROM grants AS held
                    WHERE held.account_id = $2 AND held.patient_id = code.patient_id AND held.revoked_at IS NULL)
  RETURNING code.access_code_id, code.clinic_id, code.patient_id
), granted AS (
  INSERT INTO grants (grant_id, access_code_id, clinic_id, patient_id, account_id, created_at)
  SELECT $4::uuid, access_code_id, clinic_id, patient_id, $2::uuid, from_micros($3) FROM claimed
  RETURNING access_code_id, patient_id
)
SELECT granted.access_code_id, patient.patient_id, patient.clinic_id, patient.display_name
FROM granted JOIN patients AS patient ON patient.patient_id = granted.patient_id

-- name: ExplainRefusedAccessCode
-- Why RedeemAccessCode claimed nothing, for our own books.
SELECT code.access_code_id, code.clinic_id, code.patient_id, code.redeemed_at IS NOT NULL AS redeemed,
       code.cancelled_at IS NOT NULL AS cancelled, code.expires_at <= from_micros($3) AS expired,
       EXISTS (SELECT FROM grants AS held
               WHERE held.account_id = $2 AND held.patient_id = code.patient_id AND held.revoked_at IS NULL) AS held
FROM access_codes AS code WHERE code.digest = ANY ($1::bytea[])
