-- name: GetTermsOfPatient
-- What a new code for the patient is made under. Waits for a merge of the patient, and lets none begin before the code
-- is there. No row: the clinic has no such patient, or it was merged into another.
SELECT patient.display_name, patient.birth_date IS NOT NULL AS birth_date_known, clinic.validity_days,
       clinic.birth_date_required
FROM patients AS patient JOIN clinics AS clinic ON clinic.clinic_id = patient.clinic_id
WHERE patient.patient_id = $1 AND patient.clinic_id = $2 AND patient.merged_into_patient_id IS NULL
FOR SHARE OF patient

-- name: InsertAccessCode
-- No row: the clinic has no such patient.
-- $11: the form assignment that it opens, or NULL of a code for records.
INSERT INTO access_codes (access_code_id, clinic_id, patient_id, pepper_id, digest, issuer_account_id, created_at,
                          expires_at, holder_relationship, birth_date_demanded, kind, form_assignment_id)
SELECT $1::uuid, clinic_id, patient_id, $4::text, $5::bytea, $6::uuid, from_micros($7), from_micros($8), $9::text,
       $10::bool, CASE WHEN $11::uuid IS NULL THEN 'medical_records' ELSE 'smart_form' END, $11::uuid
FROM patients WHERE patient_id = $2 AND clinic_id = $3
RETURNING true AS inserted

-- name: ListAccessCodes
-- $3, $4: the last row of the page before; the end of time for the first page.
SELECT access_code_id, clinic_id, patient_id, issuer_account_id, micros(created_at) AS created_us,
       micros(expires_at) AS expires_us, redeemer_account_id, micros(redeemed_at) AS redeemed_us,
       micros(cancelled_at) AS cancelled_us, holder_relationship, birth_date_demanded, birth_date_tries,
       merged_from_patient_id, form_assignment_id
FROM access_codes
WHERE patient_id = $1 AND clinic_id = $2 AND (created_at, access_code_id) < (from_micros($3), $4::uuid)
ORDER BY created_at DESC, access_code_id DESC LIMIT $5

-- name: GetAccessCode
SELECT access_code_id, clinic_id, patient_id, issuer_account_id, micros(created_at) AS created_us,
       micros(expires_at) AS expires_us, redeemer_account_id, micros(redeemed_at) AS redeemed_us,
       micros(cancelled_at) AS cancelled_us, holder_relationship, birth_date_demanded, birth_date_tries,
       merged_from_patient_id, form_assignment_id
FROM access_codes WHERE access_code_id = $1 AND clinic_id = $2

-- name: CancelAccessCode
-- No row: not this clinic's, or it can never be redeemed after $3 anyway. A locked one can be cancelled: the birth date
-- that locked it may be on its way to be compared.
UPDATE access_codes SET cancelled_at = from_micros($3), canceller_account_id = $4
WHERE access_code_id = $1 AND clinic_id = $2
  AND redeemed_at IS NULL AND cancelled_at IS NULL AND expires_at > from_micros($3)
RETURNING access_code_id, clinic_id, patient_id, issuer_account_id, micros(created_at) AS created_us,
          micros(expires_at) AS expires_us, redeemer_account_id, micros(redeemed_at) AS redeemed_us,
          micros(cancelled_at) AS cancelled_us, holder_relationship, birth_date_demanded, birth_date_tries,
          merged_from_patient_id, form_assignment_id

-- name: SpendBirthDateTry
-- Committed before the birth date is looked at. One more than the limit ($3) is counted, and makes the code dead: those
-- who come at once cannot all find it below.
UPDATE access_codes SET birth_date_tries = birth_date_tries + 1
WHERE digest = ANY ($1::bytea[]) AND birth_date_demanded AND birth_date_tries <= $3::int
  AND redeemed_at IS NULL AND cancelled_at IS NULL AND expires_at > from_micros($2)

-- name: RedeemAccessCode
-- Claims the code with one of the digests if it is live at $3, the birth date ($5, days since 1970) is right where it is
-- demanded, and the account ($2) does not have what it opens; and makes the grant ($4), or opens the form. Of many at once
-- one claims it: the others wait for its row and then find it redeemed. The patient and the clinic of a grant are locked,
-- so that its end is computed from what is true when it is there.
WITH claimed AS (
  UPDATE access_codes AS code SET redeemed_at = from_micros($3), redeemer_account_id = $2
  WHERE code.digest = ANY ($1::bytea[])
    AND code.redeemed_at IS NULL AND code.cancelled_at IS NULL AND code.expires_at > from_micros($3)
    AND code.birth_date_tries <= $6::int
    AND (NOT code.birth_date_demanded
         OR EXISTS (SELECT FROM patients AS born
                    WHERE born.patient_id = code.patient_id AND born.birth_date = date '1970-01-01' + $5::int))
    AND CASE WHEN code.form_assignment_id IS NULL
          THEN NOT EXISTS (SELECT FROM grants AS held
                           WHERE held.account_id = $2 AND held.patient_id = code.patient_id AND held.revoked_at IS NULL)
          ELSE NOT EXISTS (SELECT FROM form_accesses AS held
                           WHERE held.account_id = $2 AND held.form_assignment_id = code.form_assignment_id
                             AND held.ended_at IS NULL) END
  RETURNING code.access_code_id, code.clinic_id, code.patient_id, code.holder_relationship, code.form_assignment_id
), opened AS (
  INSERT INTO form_accesses (access_code_id, form_assignment_id, account_id, created_at)
  SELECT access_code_id, form_assignment_id, $2::uuid, from_micros($3) FROM claimed WHERE form_assignment_id IS NOT NULL
), patient AS (
  SELECT patient_id, display_name, birth_date FROM patients
  WHERE patient_id IN (SELECT patient_id FROM claimed WHERE form_assignment_id IS NULL) FOR SHARE
), clinic AS (
  SELECT clinic_id, coming_of_age_years FROM clinics
  WHERE clinic_id IN (SELECT clinic_id FROM claimed WHERE form_assignment_id IS NULL) FOR SHARE
), granted AS (
  INSERT INTO grants (grant_id, access_code_id, clinic_id, patient_id, account_id, created_at, holder_relationship,
                      of_age_at)
  SELECT $4::uuid, claimed.access_code_id, claimed.clinic_id, claimed.patient_id, $2::uuid, from_micros($3),
         claimed.holder_relationship,
         CASE claimed.holder_relationship WHEN 'other'
           THEN comes_of_age_after(from_micros($3), patient.birth_date, clinic.coming_of_age_years) END
  FROM claimed JOIN patient ON patient.patient_id = claimed.patient_id
       JOIN clinic ON clinic.clinic_id = claimed.clinic_id
  WHERE claimed.form_assignment_id IS NULL
  RETURNING access_code_id, patient_id, ends_at
)
SELECT claimed.access_code_id, claimed.patient_id, claimed.clinic_id, claimed.form_assignment_id, patient.display_name,
       micros(granted.ends_at) AS ends_us
FROM claimed LEFT JOIN (granted JOIN patient ON patient.patient_id = granted.patient_id)
     ON granted.access_code_id = claimed.access_code_id

-- name: ExplainRefusedAccessCode
-- Why RedeemAccessCode claimed nothing, for our own books. $4, $5: its $6, $5.
SELECT code.access_code_id, code.clinic_id, code.patient_id, code.redeemed_at IS NOT NULL AS redeemed,
       code.cancelled_at IS NOT NULL AS cancelled, code.expires_at <= from_micros($3) AS expired,
       code.birth_date_tries > $4::int AS locked,
       code.birth_date_demanded
         AND NOT EXISTS (SELECT FROM patients AS born
                         WHERE born.patient_id = code.patient_id
                           AND born.birth_date = date '1970-01-01' + $5::int) AS wrong_birth_date,
       CASE WHEN code.form_assignment_id IS NULL
         THEN EXISTS (SELECT FROM grants AS held
                      WHERE held.account_id = $2 AND held.patient_id = code.patient_id AND held.revoked_at IS NULL)
         ELSE EXISTS (SELECT FROM form_accesses AS held
                      WHERE held.account_id = $2 AND held.form_assignment_id = code.form_assignment_id
                        AND held.ended_at IS NULL) END AS held
FROM access_codes AS code WHERE code.digest = ANY ($1::bytea[])

-- name: LockAccessCodes
-- Before the patient's own row, in the order that a redemption takes the two.
SELECT access_code_id FROM access_codes WHERE patient_id = $1 FOR UPDATE

-- name: MoveAccessCodes
-- Codes of a patient that was merged into $2 follow it, dead ones too. Waits for those who are redeeming one.
UPDATE access_codes SET patient_id = $2, merged_from_patient_id = coalesce(merged_from_patient_id, patient_id)
WHERE patient_id = $1
