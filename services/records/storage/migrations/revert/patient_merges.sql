-- Revert records:patient_merges; charts stay where they were moved to.

BEGIN;

REVOKE UPDATE (patient_id) ON soap_charts FROM :"app_role";
DROP TRIGGER soap_charts_locked_stay ON soap_charts;
DROP TRIGGER soap_charts_locked ON soap_charts;
CREATE TRIGGER soap_charts_locked BEFORE UPDATE OR DELETE ON soap_charts
  FOR EACH ROW WHEN (OLD.locked_at IS NOT NULL) EXECUTE FUNCTION refuse_locked_chart();
DROP TABLE chart_moves;
DROP TRIGGER patients_search_terms ON patients;
ALTER TABLE patients DROP COLUMN merged_into_patient_id;
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
        UNION ALL SELECT 'health_card', regexp_replace(upper(NEW.health_card_number), '[^0-9A-Z]', '', 'g')) AS terms (kind, term)
  WHERE term <> '';
  RETURN NULL;
END
$$;
CREATE TRIGGER patients_search_terms
  AFTER INSERT OR UPDATE OF given_name, family_name, phones, email, health_card_number ON patients
  FOR EACH ROW EXECUTE FUNCTION write_patient_search_terms();
DROP FUNCTION search_health_card(text);

COMMIT;
