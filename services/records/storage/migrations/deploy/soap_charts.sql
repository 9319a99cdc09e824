-- records:soap_charts
-- Why: SOAP charts, and the treatment plans generated from them: a plan is no table of its own, it exists
-- while its chart has plan sections, and shows nothing else of the chart's text.
-- Expands. Locks: new tables only.
--
-- Foreign keys carry the clinic, so that no chart can belong to another clinic's patient and no section
-- to another clinic's chart or list. The triggers hold what the service promises even against a defect
-- in it: a locked chart and its plan never change.

BEGIN;

CREATE TABLE soap_charts (
  soap_chart_id uuid CONSTRAINT soap_charts_pkey PRIMARY KEY,
  clinic_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  practitioner_account_id uuid NOT NULL,
  -- At the time of writing; later changes of the name leave charts alone.
  practitioner_display_name text NOT NULL,
  encounter_date date NOT NULL
    CONSTRAINT soap_charts_encounter_date_check CHECK (encounter_date BETWEEN '1900-01-01' AND '9999-12-31'),
  subjective text NOT NULL CONSTRAINT soap_charts_subjective_check CHECK (char_length(subjective) <= 20000),
  objective text NOT NULL CONSTRAINT soap_charts_objective_check CHECK (char_length(objective) <= 20000),
  assessment text NOT NULL CONSTRAINT soap_charts_assessment_check CHECK (char_length(assessment) <= 20000),
  -- The etag; rises with each change.
  version bigint NOT NULL CONSTRAINT soap_charts_version_check CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- When what a plan shows last changed: date, sections, signature.
  plan_updated_at timestamptz NOT NULL,
  -- NULL while the chart can be edited.
  locked_at timestamptz,
  CONSTRAINT soap_charts_clinic_key UNIQUE (clinic_id, soap_chart_id),
  CONSTRAINT soap_charts_patient_fkey FOREIGN KEY (clinic_id, patient_id)
    REFERENCES patients (clinic_id, patient_id)
);

CREATE INDEX soap_charts_newest ON soap_charts (patient_id, encounter_date DESC, soap_chart_id DESC);

CREATE TABLE plan_sections (
  clinic_id uuid NOT NULL,
  soap_chart_id uuid NOT NULL,
  kind_id text NOT NULL,
  -- Not blank: Unicode's White_Space and the invisible U+200B, U+2060 and U+FEFF alone are no section.
  text text NOT NULL
    CONSTRAINT plan_sections_text_check CHECK (
      char_length(text) <= 10000
      AND btrim(text, E'\t\n\x0b\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008'
                      '\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff') <> ''),
  CONSTRAINT plan_sections_pkey PRIMARY KEY (soap_chart_id, kind_id),
  CONSTRAINT plan_sections_chart_fkey FOREIGN KEY (clinic_id, soap_chart_id)
    REFERENCES soap_charts (clinic_id, soap_chart_id),
  CONSTRAINT plan_sections_kind_fkey FOREIGN KEY (clinic_id, kind_id)
    REFERENCES plan_section_kinds (clinic_id, kind_id)
);

CREATE FUNCTION refuse_locked_chart() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  RAISE EXCEPTION 'locked charts do not change'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'soap_charts_locked';
END
$$;

CREATE TRIGGER soap_charts_locked BEFORE UPDATE OR DELETE ON soap_charts
  FOR EACH ROW WHEN (OLD.locked_at IS NOT NULL) EXECUTE FUNCTION refuse_locked_chart();

-- FOR SHARE waits for whoever is locking the chart at this moment, and sees the outcome.
CREATE FUNCTION refuse_locked_plan() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
DECLARE
  section plan_sections := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
  chart_locked_at timestamptz;
BEGIN
  SELECT locked_at INTO chart_locked_at FROM soap_charts WHERE soap_chart_id = section.soap_chart_id FOR SHARE;
  IF chart_locked_at IS NOT NULL THEN
    RAISE EXCEPTION 'plans of locked charts do not change'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'soap_charts_locked';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER plan_sections_locked BEFORE INSERT OR UPDATE OR DELETE ON plan_sections
  FOR EACH ROW EXECUTE FUNCTION refuse_locked_plan();

CREATE VIEW treatment_plans AS
SELECT chart.soap_chart_id, chart.clinic_id, chart.patient_id, chart.practitioner_display_name, chart.encounter_date,
       chart.locked_at IS NOT NULL AS signed, chart.plan_updated_at, plan.kind_ids, plan.titles, plan.texts
FROM soap_charts AS chart
CROSS JOIN LATERAL (
  SELECT array_agg(section.kind_id ORDER BY kind.position) AS kind_ids,
         array_agg(kind.title ORDER BY kind.position) AS titles,
         array_agg(section.text ORDER BY kind.position) AS texts
  FROM plan_sections AS section JOIN plan_section_kinds AS kind USING (clinic_id, kind_id)
  WHERE section.soap_chart_id = chart.soap_chart_id
) AS plan
WHERE plan.kind_ids IS NOT NULL;

GRANT SELECT ON treatment_plans TO :"app_role";
GRANT SELECT, INSERT ON soap_charts TO :"app_role";
-- Not whose chart it is.
GRANT UPDATE (encounter_date, subjective, objective, assessment, version, updated_at, plan_updated_at, locked_at)
  ON soap_charts TO :"app_role";
GRANT SELECT, INSERT, DELETE ON plan_sections TO :"app_role";

COMMIT;
