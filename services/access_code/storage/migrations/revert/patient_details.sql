BEGIN;

ALTER TABLE patients DROP COLUMN merged_into_patient_id, DROP COLUMN birth_date;

COMMIT;
