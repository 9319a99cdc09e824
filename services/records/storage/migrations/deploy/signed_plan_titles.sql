-- records:signed_plan_titles
-- Why: a signed plan says what was signed, its headings and their order included, whatever the clinic calls a kind of
-- section later.
-- Expands. Locks: plan_sections and soap_charts for writing, while signed plans get the titles of their last revision
-- (seconds for a million sections). What a program before this change signs goes on showing the kinds' present titles.

BEGIN;

ALTER TABLE plan_sections
  -- The kind's title and place when the chart was signed.
  ADD COLUMN signed_title text,
  ADD COLUMN signed_position int,
  ADD CONSTRAINT plan_sections_signed_check CHECK ((signed_title IS NULL) = (signed_position IS NULL));
GRANT UPDATE (signed_title, signed_position) ON plan_sections TO :"app_role";

LOCK TABLE soap_charts IN SHARE MODE;
ALTER TABLE plan_sections DISABLE TRIGGER plan_sections_locked;
WITH signed AS (
  SELECT DISTINCT ON (soap_chart_id) soap_chart_id, revision.sections
  FROM plan_revisions AS revision JOIN soap_charts AS chart USING (soap_chart_id)
  WHERE chart.locked_at IS NOT NULL
  ORDER BY soap_chart_id, revision.revision DESC
), titled AS (
  SELECT signed.soap_chart_id, element.value ->> 'kind_id' AS kind_id, element.value ->> 'title' AS title, element.place
  FROM signed CROSS JOIN LATERAL jsonb_array_elements(signed.sections) WITH ORDINALITY AS element (value, place)
)
UPDATE plan_sections AS section
SET signed_title = coalesce(titled.title, kind.title), signed_position = titled.place
FROM titled, plan_section_kinds AS kind
WHERE section.soap_chart_id = titled.soap_chart_id AND section.kind_id = titled.kind_id
  AND kind.clinic_id = section.clinic_id AND kind.kind_id = section.kind_id;
ALTER TABLE plan_sections ENABLE TRIGGER plan_sections_locked;

-- Sections under the titles and in the order that they are shown with.
CREATE VIEW shown_plan_sections AS
SELECT section.clinic_id, section.soap_chart_id, section.kind_id, section.text,
       coalesce(section.signed_title, kind.title) AS title, coalesce(section.signed_position, kind.position) AS position
FROM plan_sections AS section JOIN plan_section_kinds AS kind USING (clinic_id, kind_id);
GRANT SELECT ON shown_plan_sections TO :"app_role";

CREATE OR REPLACE VIEW treatment_plans AS
SELECT chart.soap_chart_id, chart.clinic_id, chart.patient_id, chart.practitioner_display_name, chart.encounter_date,
       chart.locked_at IS NOT NULL AS signed, chart.plan_updated_at, plan.kind_ids, plan.titles, plan.texts,
       chart.plan_hidden
FROM soap_charts AS chart
CROSS JOIN LATERAL (
  SELECT array_agg(kind_id ORDER BY position) AS kind_ids, array_agg(title ORDER BY position) AS titles,
         array_agg(text ORDER BY position) AS texts
  FROM shown_plan_sections WHERE soap_chart_id = chart.soap_chart_id
) AS plan
WHERE plan.kind_ids IS NOT NULL;

COMMIT;
