-- records:patient_search
-- Why: staff find patients by the beginnings of names, phone numbers and e-mail addresses, tolerant of accents and
-- typing errors, within a few milliseconds in a clinic of 100,000 patients. docs/adr/0013 argues for this shape.
-- Expands. Locks: patients, while the terms of all are written: about 0.2 ms for each.
--
-- Each patient's terms, in the form in which they are compared, are rows of patient_search_terms; a trigger keeps them,
-- so no code can forget to. unaccent() is only STABLE because its rules are a file: after an upgrade of PostgreSQL that
-- changes them, UPDATE patients SET given_name = given_name writes the terms anew.

BEGIN;

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- The words of a name, each once: without accents, case, apostrophes and whatever stands between words.
CREATE FUNCTION search_words(source text) RETURNS text[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
  SELECT DISTINCT left(word, 100) COLLATE "C"
  FROM regexp_split_to_table(
         regexp_replace(
           lower(public.unaccent('public.unaccent'::regdictionary, normalize(source, NFKC)) COLLATE "und-x-icu"),
           E'[\u0300-\u036f\'`\u00b4\u02bc\u2018\u2019]', '', 'g'),
         E'[\\s!-/:-@\\[-_{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f]+') AS word
  WHERE word <> ''
  ORDER BY 1);

-- Where somebody may begin to say a phone number: with the country, without it (national numbers have 9 or 10 digits),
-- without the area (7 or 8), or with its last four digits.
CREATE FUNCTION search_phones(phones text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
  SELECT DISTINCT right(digits, length)
  FROM unnest(phones) AS phone,
       LATERAL (SELECT ltrim(regexp_replace(regexp_replace(phone, '[xX].*', ''), '[^0-9]', '', 'g'), '0')) AS d (digits),
       unnest(ARRAY[40, 10, 9, 8, 7, 4]) AS length
  WHERE digits <> '');

-- What a search asks for.
CREATE FUNCTION search_terms(names text, phone text, email text) RETURNS TABLE (kind text, term text)
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT 'name', word FROM unnest(search_words(names)) AS word
  UNION ALL SELECT 'phone', phone WHERE phone <> ''
  UNION ALL SELECT 'email', lower(email) WHERE email <> '';
END;

CREATE TABLE patient_search_terms (
  patient_id uuid NOT NULL
    CONSTRAINT patient_search_terms_patient_fkey REFERENCES patients (patient_id),
  kind text NOT NULL
    CONSTRAINT patient_search_terms_kind_check CHECK (kind IN ('name', 'phone', 'email', 'health_card')),
  term text COLLATE "C" NOT NULL,
  clinic_id uuid NOT NULL,
  CONSTRAINT patient_search_terms_pkey PRIMARY KEY (patient_id, kind, term)
);

CREATE FUNCTION write_patient_search_terms() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  DELETE FROM patient_search_terms WHERE patient_id = NEW.patient_id;
  INSERT INTO patient_search_terms (patient_id, clinic_id, kind, term)
  SELECT NEW.patient_id, NEW.clinic_id, kind, term
  FROM (SELECT 'name', unnest(search_words(NEW.given_name || ' ' || NEW.family_name))
        UNION ALL SELECT 'phone', unnest(search_phones(NEW.phones))
        UNION ALL SELECT 'email', lower(NEW.email) WHERE NEW.email <> ''
        UNION ALL SELECT 'health_card', regexp_replace(upper(NEW.health_card_number), '[^0-9A-Z]', '', 'g')) AS terms (kind, term)
  WHERE term <> '';
  RETURN NULL;
END
$$;

CREATE TRIGGER patients_search_terms
  AFTER INSERT OR UPDATE OF given_name, family_name, phones, email, health_card_number ON patients
  FOR EACH ROW EXECUTE FUNCTION write_patient_search_terms();

UPDATE patients SET given_name = given_name;

CREATE INDEX patient_search_terms_prefix ON patient_search_terms (clinic_id, kind, term, patient_id);
-- Without a list of pending entries, which every search would read.
CREATE INDEX patient_search_terms_similar ON patient_search_terms USING gin (clinic_id, term gin_trgm_ops)
  WITH (fastupdate = off) WHERE kind = 'name';
CREATE INDEX patients_birth_date ON patients (clinic_id, birth_date);

-- Only the trigger writes.
REVOKE ALL ON FUNCTION write_patient_search_terms() FROM PUBLIC;
GRANT SELECT ON patient_search_terms TO :"app_role";

COMMIT;
