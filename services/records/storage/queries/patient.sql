-- Days cross the wire as their number since 1970-01-01.

-- name: InsertPatient
INSERT INTO patients (patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones, address_lines,
                      address_city, address_region, address_postal_code, address_country_code, health_card_number,
                      emergency_contact_name, emergency_contact_relationship, emergency_contact_phone, staff_notes,
                      version, created_at, updated_at, sex_at_birth, gender_identity, state, deceased_date)
VALUES ($1, $2, $3, $4, date '1970-01-01' + $5::int, $6, $7, $8::text[], $9::text[], $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, from_micros($20), from_micros($21), $22, $23, $24, date '1970-01-01' + $25::int)

-- name: GetPatient
SELECT patient_id, clinic_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, gender, email,
       phones, address_lines, address_city, address_region, address_postal_code, address_country_code,
       health_card_number, emergency_contact_name, emergency_contact_relationship, emergency_contact_phone,
       staff_notes, sex_at_birth, gender_identity, state, deceased_date - date '1970-01-01' AS deceased_day,
       merged_into_patient_id, version, micros(created_at) AS created_us, micros(updated_at) AS updated_us
FROM patients WHERE clinic_id = $1 AND patient_id = $2

-- name: LockPatientRow
-- Until the transaction ends nobody else changes the record.
SELECT true AS found FROM patients WHERE clinic_id = $1 AND patient_id = $2 FOR NO KEY UPDATE

-- name: UpdatePatient
-- Only the version that was read ($3).
UPDATE patients
SET given_name = $4, family_name = $5, birth_date = date '1970-01-01' + $6::int, gender = $7, email = $8,
    phones = $9::text[], address_lines = $10::text[], address_city = $11, address_region = $12,
    address_postal_code = $13, address_country_code = $14, health_card_number = $15, emergency_contact_name = $16,
    emergency_contact_relationship = $17, emergency_contact_phone = $18, staff_notes = $19, version = $20,
    updated_at = from_micros($21), sex_at_birth = $22, gender_identity = $23, state = $24,
    deceased_date = date '1970-01-01' + $25::int
WHERE clinic_id = $1 AND patient_id = $2 AND version = $3

-- name: ListPatients
-- After the position ($2, $3, $4); the columns' collation decides both condition and order.
SELECT patient_id, clinic_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, gender, email,
       phones, address_lines, address_city, address_region, address_postal_code, address_country_code,
       health_card_number, emergency_contact_name, emergency_contact_relationship, emergency_contact_phone,
       staff_notes, sex_at_birth, gender_identity, state, deceased_date - date '1970-01-01' AS deceased_day,
       merged_into_patient_id, version, micros(created_at) AS created_us, micros(updated_at) AS updated_us
FROM patients
WHERE clinic_id = $1 AND merged_into_patient_id IS NULL
  AND (family_name, given_name, patient_id) > ($2, $3, $4)
ORDER BY family_name, given_name, patient_id LIMIT $5

-- name: GetPatientProfile
-- For account holders: nothing that is for staff only. The caller's grant is asked for once it has run.
SELECT clinic_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, gender, email, phones,
       address_lines, address_city, address_region, address_postal_code, address_country_code, health_card_number,
       emergency_contact_name, emergency_contact_relationship, emergency_contact_phone, sex_at_birth, gender_identity
FROM patients WHERE patient_id = $1

-- name: FindPatient
SELECT true AS found FROM patients WHERE patient_id = $1

-- name: FindPatientAtClinic
SELECT true AS found FROM patients WHERE clinic_id = $1 AND patient_id = $2

-- name: HoldPatientForChart
-- Nobody merges the patient until the transaction ends.
SELECT merged_into_patient_id FROM patients WHERE clinic_id = $1 AND patient_id = $2 FOR SHARE

-- name: MergePatient
-- The record $2 into $3, and with it what was merged into it before.
UPDATE patients
SET merged_into_patient_id = $3, state = CASE state WHEN 'active' THEN 'inactive' ELSE state END,
    version = version + 1, updated_at = from_micros($4)
WHERE clinic_id = $1 AND (patient_id = $2 OR merged_into_patient_id = $2)
RETURNING patient_id

-- name: MoveChartsOfPatient
-- All charts of $2 to $3, whose holders were told of nothing yet.
WITH moved AS (
  UPDATE soap_charts
  SET patient_id = $3, version = version + 1, updated_at = from_micros($4), holders_told_at = NULL
  WHERE clinic_id = $1 AND patient_id = $2
  RETURNING clinic_id, soap_chart_id, version, updated_at
)
INSERT INTO chart_moves (clinic_id, soap_chart_id, version, from_patient_id, to_patient_id, reason,
                         moved_by_account_id, moved_by_display_name, moved_at)
SELECT clinic_id, soap_chart_id, version, $2, $3, '', $5, $6, updated_at FROM moved
