-- Only the view treatment_plans and what revisions, looks and visibility leave: no statement here names the other parts
-- of a chart.

-- name: GetTreatmentPlan
-- For account holders; the caller's grant is asked for once it has run. No row: no such chart, or it has no plan, or one
-- that is kept from holders. With what the account $3 last saw of it.
SELECT plan.soap_chart_id, plan.clinic_id, plan.patient_id, plan.practitioner_display_name,
       plan.encounter_date - date '1970-01-01' AS encounter_day, plan.signed,
       micros(plan.plan_updated_at) AS plan_updated_us, plan.kind_ids, plan.titles, plan.texts,
       current.revision, look.revision AS seen_revision, seen.encounter_date - date '1970-01-01' AS seen_day,
       seen.signed AS seen_signed, seen.kind_ids AS seen_kind_ids, seen.titles AS seen_titles, seen.texts AS seen_texts
FROM treatment_plans AS plan
CROSS JOIN LATERAL (
  SELECT revision FROM plan_revisions WHERE soap_chart_id = plan.soap_chart_id ORDER BY revision DESC LIMIT 1
) AS current
LEFT JOIN plan_looks AS look ON look.account_id = $3 AND look.soap_chart_id = plan.soap_chart_id
LEFT JOIN LATERAL (
  SELECT revision.encounter_date, revision.signed, section.kind_ids, section.titles, section.texts
  FROM plan_revisions AS revision
  CROSS JOIN LATERAL (
    SELECT array_agg(value ->> 'kind_id' ORDER BY place) AS kind_ids,
           array_agg(coalesce(value ->> 'title', value ->> 'kind_id') ORDER BY place) AS titles,
           array_agg(value ->> 'text' ORDER BY place) AS texts
    FROM jsonb_array_elements(revision.sections) WITH ORDINALITY AS element (value, place)
  ) AS section
  WHERE revision.soap_chart_id = plan.soap_chart_id AND revision.revision = look.revision
) AS seen ON true
WHERE plan.patient_id = $1 AND plan.soap_chart_id = $2 AND NOT plan.plan_hidden

-- name: ListTreatmentPlans
-- For account holders. After the position ($2, $3), newest encounter first. With the revision that the account $5 last
-- saw of each.
SELECT plan.soap_chart_id, plan.clinic_id, plan.patient_id, plan.practitioner_display_name,
       plan.encounter_date - date '1970-01-01' AS encounter_day, plan.signed,
       micros(plan.plan_updated_at) AS plan_updated_us, plan.kind_ids, plan.titles, plan.texts,
       current.revision, look.revision AS seen_revision
FROM treatment_plans AS plan
CROSS JOIN LATERAL (
  SELECT revision FROM plan_revisions WHERE soap_chart_id = plan.soap_chart_id ORDER BY revision DESC LIMIT 1
) AS current
LEFT JOIN plan_looks AS look ON look.account_id = $5 AND look.soap_chart_id = plan.soap_chart_id
WHERE plan.patient_id = $1 AND NOT plan.plan_hidden
  AND (plan.encounter_date, plan.soap_chart_id) < (date '1970-01-01' + $2::int, $3)
ORDER BY plan.encounter_date DESC, plan.soap_chart_id DESC LIMIT $4

-- name: MarkTreatmentPlanSeen
-- Revision $4 by the account $3, if the patient $1 has the plan $2 and it is not kept from holders (no row otherwise);
-- never back to an older one, nor twice the same.
WITH plan AS MATERIALIZED (
  SELECT soap_chart_id FROM treatment_plans
  WHERE patient_id = $1 AND soap_chart_id = $2 AND NOT plan_hidden
), marked AS (
  INSERT INTO plan_looks (account_id, soap_chart_id, revision, looked_at)
  SELECT $3, plan.soap_chart_id, $4, from_micros($5) FROM plan
  ON CONFLICT (account_id, soap_chart_id) DO UPDATE
  SET revision = excluded.revision, looked_at = excluded.looked_at
  WHERE plan_looks.revision < excluded.revision
  RETURNING revision
)
SELECT EXISTS (SELECT FROM marked) AS marked FROM plan

-- name: ListTreatmentPlansAtClinic
-- For staff of the clinic $1, hidden ones too.
SELECT soap_chart_id, clinic_id, patient_id, practitioner_display_name,
       encounter_date - date '1970-01-01' AS encounter_day, signed, micros(plan_updated_at) AS plan_updated_us,
       kind_ids, titles, texts, plan_hidden
FROM treatment_plans
WHERE clinic_id = $1 AND patient_id = $2 AND (encounter_date, soap_chart_id) < (date '1970-01-01' + $3::int, $4)
ORDER BY encounter_date DESC, soap_chart_id DESC LIMIT $5

-- name: ListPlanRevisions
-- For staff of the clinic $1: what the plan $2 showed before revision $3, newest first.
SELECT revision.revision, revision.encounter_date - date '1970-01-01' AS encounter_day, revision.signed,
       revision.changed_by_account_id, micros(revision.changed_at) AS changed_us,
       section.kind_ids, section.titles, section.texts
FROM plan_revisions AS revision
CROSS JOIN LATERAL (
  SELECT array_agg(value ->> 'kind_id' ORDER BY place) AS kind_ids,
         array_agg(coalesce(value ->> 'title', value ->> 'kind_id') ORDER BY place) AS titles,
         array_agg(value ->> 'text' ORDER BY place) AS texts
  FROM jsonb_array_elements(revision.sections) WITH ORDINALITY AS element (value, place)
) AS section
WHERE revision.clinic_id = $1 AND revision.soap_chart_id = $2 AND revision.revision < $3
ORDER BY revision.revision DESC LIMIT $4

-- name: ExplainTreatmentPlanAccess
-- For staff of the clinic $1: what decides whether those who may see the patient $2 are shown the plan of the chart $3,
-- which is the patient's or was. A plan is present since its first revision that no empty one has followed.
SELECT chart.patient_id, chart.locked_at IS NOT NULL AS signed, chart.plan_hidden, chart.plan_visibility_recorded,
       EXISTS (SELECT FROM plan_sections WHERE soap_chart_id = chart.soap_chart_id) AS present,
       (SELECT micros(min(changed_at)) FROM plan_revisions
        WHERE soap_chart_id = chart.soap_chart_id
          AND revision > coalesce((SELECT max(revision) FROM plan_revisions
                                   WHERE soap_chart_id = chart.soap_chart_id AND sections = '[]'), 0)) AS present_us,
       visibility.hidden, visibility.changed_by_account_id, visibility.changed_by_display_name,
       micros(visibility.changed_at) AS visibility_us, micros(move.moved_at) AS moved_us
FROM soap_charts AS chart
LEFT JOIN LATERAL (
  SELECT hidden, changed_by_account_id, changed_by_display_name, changed_at FROM plan_visibility_changes
  WHERE soap_chart_id = chart.soap_chart_id ORDER BY version DESC LIMIT 1
) AS visibility ON true
LEFT JOIN LATERAL (
  SELECT moved_at FROM chart_moves
  WHERE soap_chart_id = chart.soap_chart_id AND $2 IN (from_patient_id, to_patient_id)
  ORDER BY version DESC LIMIT 1
) AS move ON true
WHERE chart.clinic_id = $1 AND chart.soap_chart_id = $3 AND (chart.patient_id = $2 OR move.moved_at IS NOT NULL)
