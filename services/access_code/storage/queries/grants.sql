-- name: CheckGrants
-- The hot path: one look-up for each question, answered from the index grants_active alone. A join lets the planner, who
-- takes every account for one of few patients, read all grants of an account that has many. $3: now.
SELECT asked.number, held.grant_id
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (account_id, patient_id, number)
     CROSS JOIN LATERAL (SELECT grant_id FROM grants
                         WHERE account_id = asked.account_id AND patient_id = asked.patient_id AND revoked_at IS NULL
                           AND (ends_at IS NULL OR ends_at > from_micros($3))
                         LIMIT 1) AS held

-- name: GetHeldGrant
SELECT patient.patient_id, patient.clinic_id, patient.display_name, held.grant_id,
       micros(held.created_at) AS created_us, micros(held.ends_at) AS ends_us
FROM grants AS held JOIN patients AS patient ON patient.patient_id = held.patient_id
WHERE held.grant_id = $1 AND held.account_id = $2 AND held.revoked_at IS NULL
  AND (held.ends_at IS NULL OR held.ends_at > from_micros($3))

-- name: ListGrantedPatients
-- $2, $3: the last row of the page before; NULL for the first page. $5: now. An account holds few grants: they are
-- sorted here.
SELECT patient.patient_id, patient.clinic_id, patient.display_name, held.grant_id,
       micros(held.created_at) AS created_us, micros(held.ends_at) AS ends_us
FROM grants AS held JOIN patients AS patient ON patient.patient_id = held.patient_id
WHERE held.account_id = $1 AND held.revoked_at IS NULL AND (held.ends_at IS NULL OR held.ends_at > from_micros($5))
  AND ($2::text IS NULL OR (patient.display_name COLLATE "und-x-icu", patient.patient_id) > ($2::text, $3::uuid))
ORDER BY patient.display_name COLLATE "und-x-icu", patient.patient_id LIMIT $4

-- name: ListGrants
-- $3, $4: the last row of the page before; the end of time for the first page.
SELECT grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
       micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
       micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id
FROM grants
WHERE patient_id = $1 AND clinic_id = $2 AND (created_at, grant_id) < (from_micros($3), $4::uuid)
ORDER BY created_at DESC, grant_id DESC LIMIT $5

-- name: GetGrant
SELECT grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
       micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
       micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id
FROM grants WHERE grant_id = $1 AND clinic_id = $2

-- name: GetNewestGrant
-- The account's active grant for the patient, or else the newest that ended otherwise than by a merge, which leaves
-- another one. $3: the clinic, or NULL for any.
SELECT grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
       micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
       micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id
FROM grants
WHERE patient_id = $1 AND account_id = $2 AND ($3::uuid IS NULL OR clinic_id = $3)
ORDER BY revoked_at IS NULL DESC, end_cause IS NOT DISTINCT FROM 'merged', created_at DESC, grant_id DESC LIMIT 1

-- name: ListHolders
-- The accounts that may see the patient at $3, but for one ($4, or NULL).
SELECT account_id FROM grants
WHERE patient_id = $1 AND clinic_id = $2 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > from_micros($3))
  AND account_id IS DISTINCT FROM $4::uuid
ORDER BY grant_id

-- name: RevokeGrant
-- No row: not this clinic's, or ended before.
UPDATE grants SET revoked_at = from_micros($3), revoker_account_id = $4, end_cause = 'revoked'
WHERE grant_id = $1 AND clinic_id = $2 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > from_micros($3))
RETURNING grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
          micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
          micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id

-- name: SetGrantEnd
-- No row: not this clinic's, or not active at $3. What staff renewed past a coming of age that has come stays renewed.
UPDATE grants AS held
SET staff_end_at = from_micros($4::bigint),
    kept_of_age = terms.kept,
    of_age_at = CASE WHEN NOT terms.kept AND held.holder_relationship = 'other' THEN terms.of_age_at END,
    of_age_told = held.of_age_told AND held.of_age_at IS NOT DISTINCT FROM
                  CASE WHEN NOT terms.kept AND held.holder_relationship = 'other' THEN terms.of_age_at END
FROM (SELECT asked.grant_id,
             comes_of_age_after(asked.created_at, patient.birth_date, clinic.coming_of_age_years) AS of_age_at,
             $5::bool OR asked.kept_of_age AND coalesce(
               comes_of_age_at(patient.birth_date, clinic.coming_of_age_years) <= from_micros($3), false) AS kept
      FROM grants AS asked JOIN patients AS patient ON patient.patient_id = asked.patient_id
           JOIN clinics AS clinic ON clinic.clinic_id = asked.clinic_id
      WHERE asked.grant_id = $1 AND asked.clinic_id = $2) AS terms
WHERE held.grant_id = terms.grant_id AND held.grant_id = $1
  AND held.revoked_at IS NULL AND (held.ends_at IS NULL OR held.ends_at > from_micros($3))
RETURNING held.grant_id, held.clinic_id, held.patient_id, held.account_id, held.access_code_id,
          micros(held.created_at) AS created_us, micros(held.revoked_at) AS revoked_us, held.end_cause,
          micros(held.ends_at) AS ends_us, held.holder_relationship, micros(held.of_age_at) AS of_age_us,
          held.kept_of_age, held.merged_from_patient_id

-- name: LockTermsOfGrant
-- Keeps the birth date and the clinic's age as they are until SetGrantEnd has computed with them.
SELECT true AS locked
FROM grants AS asked JOIN patients AS patient ON patient.patient_id = asked.patient_id
     JOIN clinics AS clinic ON clinic.clinic_id = asked.clinic_id
WHERE asked.grant_id = $1 AND asked.clinic_id = $2
FOR SHARE OF patient, clinic

-- name: DropGrant
-- No row: the account ($1) may not see the patient at $3.
UPDATE grants SET revoked_at = from_micros($3), revoker_account_id = $1, end_cause = 'dropped'
WHERE account_id = $1 AND patient_id = $2 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > from_micros($3))
RETURNING grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
          micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
          micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id

-- name: CloseGrants
-- All that the account still holds at $2.
UPDATE grants SET revoked_at = from_micros($2), revoker_account_id = $1, end_cause = 'closed'
WHERE account_id = $1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > from_micros($2))
RETURNING grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
          micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
          micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id

-- name: EndPassedGrants
-- Marks at most $2 grants whose end has come by $1. Replicas that do so at once take different ones.
UPDATE grants SET revoked_at = ends_at, end_cause = 'ended'
WHERE grant_id = ANY (ARRAY(
  SELECT grant_id FROM grants WHERE revoked_at IS NULL AND ends_at IS NOT NULL AND ends_at <= from_micros($1)
  ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED))
RETURNING grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
          micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
          micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id

-- name: EndPassedGrantsOfAccount
-- So that they are not in the way of a new one.
UPDATE grants SET revoked_at = ends_at, end_cause = 'ended'
WHERE account_id = $1 AND revoked_at IS NULL AND ends_at <= from_micros($2)
RETURNING grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
          micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
          micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id

-- name: TakeComingOfAge
-- At most $2 grants whose patient comes of age by $1; marks them told, and returns of which patients the clinic is to be
-- told. Replicas that do so at once take different grants, and one of them a patient.
WITH taken AS (
  UPDATE grants SET of_age_told = true
  WHERE grant_id = ANY (ARRAY(
    SELECT grant_id FROM grants
    WHERE revoked_at IS NULL AND of_age_at IS NOT NULL AND NOT of_age_told AND of_age_at <= from_micros($1)
    ORDER BY of_age_at LIMIT $2 FOR UPDATE SKIP LOCKED))
  RETURNING patient_id, clinic_id, of_age_at
), told AS (
  INSERT INTO coming_of_age_notices (patient_id, of_age_at) SELECT DISTINCT patient_id, of_age_at FROM taken
  ON CONFLICT DO NOTHING
  RETURNING patient_id, of_age_at
)
SELECT DISTINCT told.patient_id, taken.clinic_id, micros(told.of_age_at) AS of_age_us
FROM told JOIN taken ON taken.patient_id = told.patient_id AND taken.of_age_at = told.of_age_at

-- name: AgeGrantsOfPatient
-- The birth date has changed: when grants of others end.
UPDATE grants AS held
SET of_age_at = comes_of_age_after(held.created_at, patient.birth_date, clinic.coming_of_age_years), of_age_told = false
FROM patients AS patient, clinics AS clinic
WHERE held.patient_id = $1 AND patient.patient_id = $1 AND clinic.clinic_id = held.clinic_id
  AND held.revoked_at IS NULL AND held.holder_relationship = 'other' AND NOT held.kept_of_age
  AND held.of_age_at IS DISTINCT FROM
      comes_of_age_after(held.created_at, patient.birth_date, clinic.coming_of_age_years)

-- name: EndPassedGrantsOfPatients
UPDATE grants SET revoked_at = ends_at, end_cause = 'ended'
WHERE patient_id = ANY ($1::uuid[]) AND revoked_at IS NULL AND ends_at <= from_micros($2)
RETURNING grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
          micros(revoked_at) AS revoked_us, end_cause, micros(ends_at) AS ends_us, holder_relationship,
          micros(of_age_at) AS of_age_us, kept_of_age, merged_from_patient_id

-- name: EndGrantsLeftByMerge
-- Of patient $1, merged into $2: those of accounts that hold one for $2 as well.
UPDATE grants AS held SET revoked_at = from_micros($3), end_cause = 'merged'
WHERE held.patient_id = $1 AND held.revoked_at IS NULL
  AND EXISTS (SELECT FROM grants AS kept
              WHERE kept.account_id = held.account_id AND kept.patient_id = $2 AND kept.revoked_at IS NULL)

-- name: MoveGrants
-- Grants of a patient that was merged into $2 follow it, ended ones too.
UPDATE grants SET patient_id = $2, merged_from_patient_id = coalesce(merged_from_patient_id, patient_id)
WHERE patient_id = $1
