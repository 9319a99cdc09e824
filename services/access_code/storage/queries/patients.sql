-- name: PutPatient
-- No row: the version is not newer, or the clinic is another one. A patient that was merged stays so. $5: days since
-- 1970.
INSERT INTO patients (patient_id, clinic_id, display_name, version, birth_date, merged_into_patient_id)
VALUES ($1, $2, $3, $4, date '1970-01-01' + $5::int, $6)
ON CONFLICT (patient_id) DO UPDATE
  SET display_name = excluded.display_name, version = excluded.version, birth_date = excluded.birth_date,
      merged_into_patient_id = coalesce(patients.merged_into_patient_id, excluded.merged_into_patient_id)
  WHERE patients.version < excluded.version AND patients.clinic_id = excluded.clinic_id
RETURNING merged_into_patient_id

-- name: GetKnownPatient
-- Where a patient is known to be, and what it was merged into.
SELECT clinic_id, merged_into_patient_id FROM patients WHERE patient_id = $1

-- name: FindPatientOfClinic
SELECT true AS found FROM patients WHERE patient_id = $1 AND clinic_id = $2
