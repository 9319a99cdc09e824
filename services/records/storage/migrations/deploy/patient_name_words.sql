-- records:patient_name_words
-- Why: a clinic's patients share few names. To look for similar ones among the names, and then for the patients who
-- have them, takes a sixth of the time that it took among all patients' names. docs/adr/0013 has the figures.
-- Expands and contracts: searches for misspelt names by programs of before take longer from now on. Locks:
-- patient_search_terms, while the names of all are collected: about a second for 100,000 patients.

BEGIN;

-- Each name of a clinic's patients once, as in patient_search_terms. Those that nobody has any more stay; they lead to
-- nobody.
CREATE TABLE patient_name_words (
  clinic_id uuid NOT NULL,
  term text COLLATE "C" NOT NULL,
  CONSTRAINT patient_name_words_pkey PRIMARY KEY (clinic_id, term)
);

CREATE FUNCTION write_patient_name_words() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  -- In one order, so that two who bring the same new names wait for each other.
  INSERT INTO patient_name_words (clinic_id, term)
  SELECT DISTINCT clinic_id, term FROM written WHERE kind = 'name' ORDER BY clinic_id, term
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER patient_search_terms_name_words
  AFTER INSERT ON patient_search_terms REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION write_patient_name_words();

INSERT INTO patient_name_words (clinic_id, term)
SELECT DISTINCT clinic_id, term FROM patient_search_terms WHERE kind = 'name';

-- Without a list of pending entries, which every search would read.
CREATE INDEX patient_name_words_similar ON patient_name_words USING gin (clinic_id, term gin_trgm_ops)
  WITH (fastupdate = off);
DROP INDEX patient_search_terms_similar;

-- Only the trigger writes.
REVOKE ALL ON FUNCTION write_patient_name_words() FROM PUBLIC;
GRANT SELECT ON patient_name_words TO :"app_role";

COMMIT;
