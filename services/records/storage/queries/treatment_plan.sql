-- Only the view treatment_plans: no statement here can name the other parts of a chart.

-- name: GetTreatmentPlan
-- For account holders; the caller's grant is asked for once it has run. No row: no such chart, or it has no plan.
SELECT soap_chart_id, clinic_id, patient_id, practitioner_display_name,
       encounter_date - date '1970-01-01' AS encounter_day, signed, micros(plan_updated_at) AS plan_updated_us,
       kind_ids, titles, texts
FROM treatment_plans WHERE patient_id = $1 AND soap_chart_id = $2 AND NOT plan_hidden

-- name: ListTreatmentPlans
-- For account holders. After the position ($2, $3), newest encounter first.
SELECT soap_chart_id, clinic_id, patient_id, practitioner_display_name,
       encounter_date - date '1970-01-01' AS encounter_day, signed, micros(plan_updated_at) AS plan_updated_us,
       kind_ids, titles, texts
FROM treatment_plans
WHERE patient_id = $1 AND NOT plan_hidden AND (encounter_date, soap_chart_id) < (date '1970-01-01' + $2::int, $3)
ORDER BY encounter_date DESC, soap_chart_id DESC LIMIT $4

-- name: ListTreatmentPlansAtClinic
-- For staff of the clinic $1, hidden ones too.
SELECT soap_chart_id, clinic_id, patient_id, practitioner_display_name,
       encounter_date - date '1970-01-01' AS encounter_day, signed, micros(plan_updated_at) AS plan_updated_us,
       kind_ids, titles, texts, plan_hidden
FROM treatment_plans
WHERE clinic_id = $1 AND patient_id = $2 AND (encounter_date, soap_chart_id) < (date '1970-01-01' + $3::int, $4)
ORDER BY encounter_date DESC, soap_chart_id DESC LIMIT $5
