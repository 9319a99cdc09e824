-- name: GetAccessSettings
SELECT clinic_id, validity_days, birth_date_required, coming_of_age_years, version
FROM clinics WHERE clinic_id = $1

-- name: AddClinic
INSERT INTO clinics (clinic_id) VALUES ($1) ON CONFLICT DO NOTHING

-- name: LockClinic
SELECT true AS locked FROM clinics WHERE clinic_id = $1 FOR SHARE

-- name: UpdateAccessSettings
-- No row: the settings have changed since version $5. Waits for redemptions of the clinic's codes that are under way.
UPDATE clinics SET validity_days = $2, birth_date_required = $3, coming_of_age_years = $4, version = version + 1
WHERE clinic_id = $1 AND version = $5
RETURNING clinic_id, validity_days, birth_date_required, coming_of_age_years, version

-- name: AgeGrantsOfClinic
-- The clinic's age has changed: when its grants of others end.
UPDATE grants AS held
SET of_age_at = comes_of_age_after(held.created_at, patient.birth_date, clinic.coming_of_age_years), of_age_told = false
FROM patients AS patient, clinics AS clinic
WHERE held.clinic_id = $1 AND clinic.clinic_id = $1 AND patient.patient_id = held.patient_id
  AND held.revoked_at IS NULL AND held.holder_relationship = 'other' AND NOT held.kept_of_age
  AND held.of_age_at IS DISTINCT FROM
      comes_of_age_after(held.created_at, patient.birth_date, clinic.coming_of_age_years)
