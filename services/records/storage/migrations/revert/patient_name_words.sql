-- Revert records:patient_name_words

BEGIN;

CREATE INDEX patient_search_terms_similar ON patient_search_terms USING gin (clinic_id, term gin_trgm_ops)
  WITH (fastupdate = off) WHERE kind = 'name';
DROP TRIGGER patient_search_terms_name_words ON patient_search_terms;
DROP FUNCTION write_patient_name_words();
DROP TABLE patient_name_words;

COMMIT;
