-- records:patient_merges
-- Why: two records of one person become one. The merged record stays, says where it went, and is found no more; its
-- charts move, and chart_moves keeps whose they were.
-- Expands. Locks: patients and soap_charts, briefly: a nullable column, triggers.

BEGIN;

ALTER TABLE patients
  ADD COLUMN merged_into_patient_id uuid
    CONSTRAINT patients_merged_into_check CHECK (merged_into_patient_id <> patient_id),
  -- The clinic is in the key: nobody is merged across clinics.
  ADD CONSTRAINT patients_merged_into_fkey FOREIGN KEY (clinic_id, merged_into_patient_id)
    REFERENCES patients (clinic_id, patient_id);
CREATE INDEX patients_merged_into ON patients (clinic_id, merged_into_patient_id)
  WHERE merged_into_patient_id IS NOT NULL;
GRANT UPDATE (merged_into_patient_id) ON patients TO :"app_role";

-- As before, and a merged record has no terms.
CREATE OR REPLACE FUNCTION write_patient_search_terms() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  DELETE FROM patient_search_terms WHERE patient_id = NEW.patient_id;
  INSERT INTO patient_search_terms (patient_id, clinic_id, kind, term)
  SELECT NEW.patient_id, NEW.clinic_id, kind, term
  FROM (SELECT 'name', unnest(search_words(NEW.given_name || ' ' || NEW.family_name))
        UNION ALL SELECT 'phone', unnest(search_phones(NEW.phones))
        UNION ALL SELECT 'email', lower(NEW.email) WHERE NEW.email <> ''
        UNION ALL SELECT 'health_card', search_health_card(NEW.health_card_number)) AS terms (kind, term)
  WHERE term <> '' AND NEW.merged_into_patient_id IS NULL;
  RETURN NULL;
END
$$;

-- Letters and digits: people space these numbers as they like.
CREATE FUNCTION search_health_card(number text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(upper(number), '[^0-9A-Z]', '', 'g');

DROP TRIGGER patients_search_terms ON patients;
CREATE TRIGGER patients_search_terms
  AFTER INSERT OR UPDATE OF given_name, family_name, phones, email, health_card_number, merged_into_patient_id
  ON patients FOR EACH ROW EXECUTE FUNCTION write_patient_search_terms();

CREATE TABLE chart_moves (
  clinic_id uuid NOT NULL,
  soap_chart_id uuid NOT NULL,
  -- The chart's version that the move brought.
  version bigint NOT NULL,
  from_patient_id uuid NOT NULL,
  to_patient_id uuid NOT NULL,
  -- Why; empty when the patients were merged.
  reason text NOT NULL CONSTRAINT chart_moves_reason_check CHECK (char_length(reason) <= 1000),
  moved_by_account_id uuid NOT NULL,
  moved_by_display_name text NOT NULL,
  moved_at timestamptz NOT NULL,
  CONSTRAINT chart_moves_pkey PRIMARY KEY (soap_chart_id, version),
  CONSTRAINT chart_moves_chart_fkey FOREIGN KEY (clinic_id, soap_chart_id)
    REFERENCES soap_charts (clinic_id, soap_chart_id),
  CONSTRAINT chart_moves_from_fkey FOREIGN KEY (clinic_id, from_patient_id)
    REFERENCES patients (clinic_id, patient_id),
  CONSTRAINT chart_moves_to_fkey FOREIGN KEY (clinic_id, to_patient_id)
    REFERENCES patients (clinic_id, patient_id)
);

-- History: neither changed nor deleted.
GRANT SELECT, INSERT ON chart_moves TO :"app_role";

-- A locked chart's content never changes; whose it is may have been a mistake.
DROP TRIGGER soap_charts_locked ON soap_charts;
CREATE TRIGGER soap_charts_locked BEFORE UPDATE ON soap_charts
  FOR EACH ROW WHEN (
    OLD.locked_at IS NOT NULL
    AND (OLD.soap_chart_id, OLD.clinic_id, OLD.practitioner_account_id, OLD.practitioner_display_name,
         OLD.encounter_date, OLD.subjective, OLD.objective, OLD.assessment, OLD.created_at, OLD.locked_at)
        IS DISTINCT FROM
        (NEW.soap_chart_id, NEW.clinic_id, NEW.practitioner_account_id, NEW.practitioner_display_name,
         NEW.encounter_date, NEW.subjective, NEW.objective, NEW.assessment, NEW.created_at, NEW.locked_at))
  EXECUTE FUNCTION refuse_locked_chart();
CREATE TRIGGER soap_charts_locked_stay BEFORE DELETE ON soap_charts
  FOR EACH ROW WHEN (OLD.locked_at IS NOT NULL) EXECUTE FUNCTION refuse_locked_chart();
GRANT UPDATE (patient_id) ON soap_charts TO :"app_role";

COMMIT;
