-- name: CheckGrants
-- The hot path: one look-up for each question, answered from the index grants_active alone. A join lets the planner, who
-- takes every account for one of few patients, read all grants of an account that has many.
SELECT asked.number, held.grant_id
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (account_id, patient_id, number)
     CROSS JOIN LATERAL (SELECT grant_id FROM grants
                         WHERE account_id = asked.account_id AND patient_id = asked.patient_id AND revoked_at IS NULL
                         LIMIT 1) AS held

-- name: ListGrantedPatients
-- $2, $3: the last row of the page before; NULL for the first page. An account holds few grants: they are sorted here.
SELECT patient.patient_id, patient.clinic_id, patient.display_name, held.grant_id,
       micros(held.created_at) AS created_us
FROM grants AS held JOIN patients AS patient ON patient.patient_id = held.patient_id
WHERE held.account_id = $1 AND held.revoked_at IS NULL
  AND ($2::text IS NULL OR (patient.display_name COLLATE "und-x-icu", patient.patient_id) > ($2::text, $3::uuid))
ORDER BY patient.display_name COLLATE "und-x-icu", patient.patient_id LIMIT $4

-- name: ListGrants
-- $3, $4: the last row of the page before; the end of time for the first page.
SELECT grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
       micros(revoked_at) AS revoked_us
FROM grants
WHERE patient_id = $1 AND clinic_id = $2 AND (created_at, grant_id) < (from_micros($3), $4::uuid)
ORDER BY created_at DESC, grant_id DESC LIMIT $5

-- name: GetGrant
SELECT grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
       micros(revoked_at) AS revoked_us
FROM grants WHERE grant_id = $1 AND clinic_id = $2

-- name: RevokeGrant
-- No row: not this clinic's, or revoked before.
UPDATE grants SET revoked_at = from_micros($3), revoker_account_id = $4
WHERE grant_id = $1 AND clinic_id = $2 AND revoked_at IS NULL
RETURNING grant_id, clinic_id, patient_id, account_id, access_code_id, micros(created_at) AS created_us,
          micros(revoked_at) AS revoked_us
