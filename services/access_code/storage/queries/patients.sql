-- name: PutPatient
-- No row: the version is not newer, or the clinic is another one.
INSERT INTO patients (patient_id, clinic_id, display_name, version) VALUES ($1, $2, $3, $4)
ON CONFLICT (patient_id) DO UPDATE SET display_name = excluded.display_name, version = excluded.version
  WHERE patients.version < excluded.version AND patients.clinic_id = excluded.clinic_id
RETURNING true AS changed

-- name: FindPatientOfClinic
SELECT true AS found FROM patients WHERE patient_id = $1 AND clinic_id = $2
