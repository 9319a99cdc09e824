-- Days cross the wire as their number since 1970-01-01.

-- name: InsertSoapChart
INSERT INTO soap_charts (soap_chart_id, clinic_id, patient_id, practitioner_account_id, practitioner_display_name,
                         encounter_date, subjective, objective, assessment, version, created_at, updated_at,
                         plan_updated_at)
VALUES ($1, $2, $3, $4, $5, date '1970-01-01' + $6::int, $7, $8, $9, $10, from_micros($11), from_micros($12),
        from_micros($13))

-- name: GetSoapChart
SELECT chart.soap_chart_id, chart.clinic_id, chart.patient_id, chart.practitioner_account_id,
       chart.practitioner_display_name, chart.encounter_date - date '1970-01-01' AS encounter_day,
       chart.subjective, chart.objective, chart.assessment, chart.version, micros(chart.created_at) AS created_us,
       micros(chart.updated_at) AS updated_us, micros(chart.plan_updated_at) AS plan_updated_us,
       micros(chart.locked_at) AS locked_us, chart.plan_hidden, plan.kind_ids, plan.titles, plan.texts
FROM soap_charts AS chart
CROSS JOIN LATERAL (
  SELECT array_agg(kind_id ORDER BY position) AS kind_ids, array_agg(title ORDER BY position) AS titles,
         array_agg(text ORDER BY position) AS texts
  FROM shown_plan_sections WHERE soap_chart_id = chart.soap_chart_id
) AS plan
WHERE chart.clinic_id = $1 AND chart.soap_chart_id = $2

-- name: ListSoapCharts
-- After the position ($3, $4), newest encounter first.
SELECT chart.soap_chart_id, chart.clinic_id, chart.patient_id, chart.practitioner_account_id,
       chart.practitioner_display_name, chart.encounter_date - date '1970-01-01' AS encounter_day,
       chart.subjective, chart.objective, chart.assessment, chart.version, micros(chart.created_at) AS created_us,
       micros(chart.updated_at) AS updated_us, micros(chart.plan_updated_at) AS plan_updated_us,
       micros(chart.locked_at) AS locked_us, chart.plan_hidden, plan.kind_ids, plan.titles, plan.texts
FROM soap_charts AS chart
CROSS JOIN LATERAL (
  SELECT array_agg(kind_id ORDER BY position) AS kind_ids, array_agg(title ORDER BY position) AS titles,
         array_agg(text ORDER BY position) AS texts
  FROM shown_plan_sections WHERE soap_chart_id = chart.soap_chart_id
) AS plan
WHERE chart.clinic_id = $1 AND chart.patient_id = $2
  AND (chart.encounter_date, chart.soap_chart_id) < (date '1970-01-01' + $3::int, $4)
ORDER BY chart.encounter_date DESC, chart.soap_chart_id DESC LIMIT $5

-- name: LockSoapChartRow
-- Until the transaction ends nobody else changes the chart or its plan.
SELECT true AS found FROM soap_charts WHERE clinic_id = $1 AND soap_chart_id = $2 FOR NO KEY UPDATE

-- name: UpdateSoapChart
-- Only the version that was read ($3), and never a locked chart.
UPDATE soap_charts
SET encounter_date = date '1970-01-01' + $4::int, subjective = $5, objective = $6, assessment = $7, version = $8,
    updated_at = from_micros($9), plan_updated_at = from_micros($10), locked_at = from_micros($11)
WHERE clinic_id = $1 AND soap_chart_id = $2 AND version = $3 AND locked_at IS NULL

-- name: DeletePlanSections
DELETE FROM plan_sections WHERE clinic_id = $1 AND soap_chart_id = $2

-- name: InsertPlanSections
INSERT INTO plan_sections (clinic_id, soap_chart_id, kind_id, text)
SELECT $1, $2, section.kind_id, section.text FROM unnest($3::text[], $4::text[]) AS section (kind_id, text)

-- name: SignPlanSections
-- Their titles and their order stay, whatever becomes of their kinds. Before the chart is locked.
UPDATE plan_sections AS section SET signed_title = kind.title, signed_position = kind.position
FROM plan_section_kinds AS kind
WHERE section.clinic_id = $1 AND section.soap_chart_id = $2
  AND kind.clinic_id = section.clinic_id AND kind.kind_id = section.kind_id

-- name: InsertPlanRevision
-- What the plan says now, in this transaction.
INSERT INTO plan_revisions (clinic_id, soap_chart_id, revision, encounter_date, signed, sections,
                            changed_by_account_id, changed_at)
SELECT chart.clinic_id, chart.soap_chart_id, chart.version, chart.encounter_date, chart.locked_at IS NOT NULL,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('kind_id', kind_id, 'title', title, 'text', text) ORDER BY position),
                        '[]')
        FROM shown_plan_sections WHERE soap_chart_id = chart.soap_chart_id),
       $3, chart.plan_updated_at
FROM soap_charts AS chart WHERE chart.clinic_id = $1 AND chart.soap_chart_id = $2

-- name: MoveSoapChart
-- Only the version that was read ($3); the content stays as it is. The other patient's holders were told of nothing yet.
WITH moved AS (
  UPDATE soap_charts
  SET patient_id = $4, version = $5, updated_at = from_micros($6), holders_told_at = NULL
  WHERE clinic_id = $1 AND soap_chart_id = $2 AND version = $3
  RETURNING clinic_id, soap_chart_id, version, updated_at
)
INSERT INTO chart_moves (clinic_id, soap_chart_id, version, from_patient_id, to_patient_id, reason,
                         moved_by_account_id, moved_by_display_name, moved_at)
SELECT clinic_id, soap_chart_id, version, $7, $4, $8, $9, $10, updated_at FROM moved

-- name: SetPlanHidden
-- Only the version that was read ($3).
UPDATE soap_charts SET plan_hidden = $4, version = $5, updated_at = from_micros($6)
WHERE clinic_id = $1 AND soap_chart_id = $2 AND version = $3

-- name: InsertPlanVisibilityChange
INSERT INTO plan_visibility_changes (clinic_id, soap_chart_id, version, hidden, changed_by_account_id,
                                     changed_by_display_name, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, from_micros($7))

-- name: InsertSoapChartAddendum
INSERT INTO soap_chart_addenda (addendum_id, clinic_id, soap_chart_id, text, author_account_id, author_display_name,
                                created_at)
VALUES ($1, $2, $3, $4, $5, $6, from_micros($7))

-- name: ListSoapChartAddenda
-- Of the charts $1, at most 100 each.
SELECT soap_chart_id, addendum_id, text, author_account_id, author_display_name, micros(created_at) AS created_us
FROM soap_chart_addenda WHERE soap_chart_id = ANY ($1::uuid[]) ORDER BY soap_chart_id, addendum_id

-- name: ListSoapChartMoves
-- Of the charts $1.
SELECT soap_chart_id, from_patient_id, to_patient_id, reason, moved_by_account_id, moved_by_display_name,
       micros(moved_at) AS moved_us
FROM chart_moves WHERE soap_chart_id = ANY ($1::uuid[]) ORDER BY soap_chart_id, version

-- name: FindPatientOfSoapChart
SELECT patient_id FROM soap_charts WHERE clinic_id = $1 AND soap_chart_id = $2

-- name: MarkHoldersTold
-- At $3, unless that was done after $4, or the patient is not an active one.
UPDATE soap_charts AS chart SET holders_told_at = from_micros($3)
FROM patients AS patient
WHERE chart.clinic_id = $1 AND chart.soap_chart_id = $2
  AND (chart.holders_told_at IS NULL OR chart.holders_told_at <= from_micros($4))
  AND patient.clinic_id = chart.clinic_id AND patient.patient_id = chart.patient_id
  AND patient.state = 'active' AND patient.merged_into_patient_id IS NULL

-- name: GetHoldersTold
SELECT micros(holders_told_at) AS told_us FROM soap_charts WHERE clinic_id = $1 AND soap_chart_id = $2

-- name: ForgetHoldersTold
UPDATE soap_charts SET holders_told_at = NULL WHERE clinic_id = $1 AND soap_chart_id = $2
