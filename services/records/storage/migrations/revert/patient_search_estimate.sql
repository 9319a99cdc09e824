-- Revert records:patient_search_estimate

BEGIN;

ALTER FUNCTION search_terms(text, text, text) ROWS 1000;

COMMIT;
