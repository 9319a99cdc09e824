BEGIN;

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

DROP VIEW shown_plan_sections;
ALTER TABLE plan_sections DROP COLUMN signed_title, DROP COLUMN signed_position;

COMMIT;
