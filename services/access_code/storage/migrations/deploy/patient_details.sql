-- access_code:patient_details
-- Why: a clinic may demand the birth date with a code, and grants of others end when the patient comes of age; codes and
-- grants follow a patient that was merged into another. The date is stored as it is: both need to compute with it, and a
-- hash of one of 40,000 dates would hide nothing.
-- Expands. Locks: patients, for an instant.

BEGIN;

ALTER TABLE patients
  ADD COLUMN birth_date date
    CONSTRAINT patients_birth_date_check CHECK (birth_date BETWEEN '1850-01-01' AND '9999-12-31'),
  ADD COLUMN merged_into_patient_id uuid
    CONSTRAINT patients_merged_check CHECK (merged_into_patient_id <> patient_id),
  -- Into a patient of the same clinic.
  ADD CONSTRAINT patients_merged_fkey
    FOREIGN KEY (merged_into_patient_id, clinic_id) REFERENCES patients (patient_id, clinic_id);

GRANT UPDATE (birth_date, merged_into_patient_id) ON patients TO :"app_role";

COMMIT;
