BEGIN;

DROP TABLE form_accesses;
ALTER TABLE grants
  DROP CONSTRAINT grants_access_code_id_fkey,
  DROP COLUMN code_kind,
  ADD CONSTRAINT grants_access_code_id_fkey FOREIGN KEY (access_code_id) REFERENCES access_codes (access_code_id);
-- The program before would make grants of them.
DELETE FROM access_codes WHERE kind = 'smart_form';
ALTER TABLE access_codes
  DROP CONSTRAINT access_codes_kind_key,
  DROP CONSTRAINT access_codes_form_key,
  DROP COLUMN kind,
  DROP COLUMN form_assignment_id;

COMMIT;
