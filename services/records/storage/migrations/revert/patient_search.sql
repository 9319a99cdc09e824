-- Revert records:patient_search; the extensions stay, they cost nothing.

BEGIN;

DROP TRIGGER patients_search_terms ON patients;
DROP FUNCTION write_patient_search_terms();
DROP INDEX patients_birth_date;
DROP TABLE patient_search_terms;
DROP FUNCTION search_terms(text, text, text);
DROP FUNCTION search_phones(text[]);
DROP FUNCTION search_words(text);

COMMIT;
