-- records:chart_addenda
-- Why: a locked chart is added to, never edited; and a plan can be kept from everybody who holds a grant.
-- Expands. Locks: soap_charts, briefly: a column with a constant default rewrites nothing.

BEGIN;

CREATE TABLE soap_chart_addenda (
  addendum_id uuid CONSTRAINT soap_chart_addenda_pkey PRIMARY KEY,
  clinic_id uuid NOT NULL,
  soap_chart_id uuid NOT NULL,
  text text NOT NULL CONSTRAINT soap_chart_addenda_text_check CHECK (char_length(text) BETWEEN 1 AND 10000),
  author_account_id uuid NOT NULL,
  author_display_name text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT soap_chart_addenda_chart_fkey FOREIGN KEY (clinic_id, soap_chart_id)
    REFERENCES soap_charts (clinic_id, soap_chart_id)
);
CREATE INDEX soap_chart_addenda_chart ON soap_chart_addenda (soap_chart_id, addendum_id);

-- History: neither changed nor deleted.
GRANT SELECT, INSERT ON soap_chart_addenda TO :"app_role";

ALTER TABLE soap_charts ADD COLUMN plan_hidden boolean NOT NULL DEFAULT false;
GRANT UPDATE (plan_hidden) ON soap_charts TO :"app_role";

CREATE OR REPLACE VIEW treatment_plans AS
SELECT chart.soap_chart_id, chart.clinic_id, chart.patient_id, chart.practitioner_display_name, chart.encounter_date,
       chart.locked_at IS NOT NULL AS signed, chart.plan_updated_at, plan.kind_ids, plan.titles, plan.texts,
       chart.plan_hidden
FROM soap_charts AS chart
CROSS JOIN LATERAL (
  SELECT array_agg(section.kind_id ORDER BY kind.position) AS kind_ids,
         array_agg(kind.title ORDER BY kind.position) AS titles,
         array_agg(section.text ORDER BY kind.position) AS texts
  FROM plan_sections AS section JOIN plan_section_kinds AS kind USING (clinic_id, kind_id)
  WHERE section.soap_chart_id = chart.soap_chart_id
) AS plan
WHERE plan.kind_ids IS NOT NULL;

-- The foreign key to the kinds looks here when a kind is retired.
CREATE INDEX plan_sections_kind ON plan_sections (clinic_id, kind_id);

COMMIT;
