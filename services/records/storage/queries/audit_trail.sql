-- The audit trail as it is shown; libs/audit writes it. Newest first, before the position, from an instant on.

-- name: ListAuditEvents
-- What concerns the clinic $1.
SELECT event_id, micros(occurred_at) AS occurred_us, actor_kind, actor_id, actor_name, patient_id, action,
       resource_kind, resource_id, outcome
FROM audit_events
WHERE clinic_id = $1 AND (occurred_at, event_id) < (from_micros($2), $3) AND occurred_at >= from_micros($4)
ORDER BY occurred_at DESC, event_id DESC LIMIT $5

-- name: ListAuditEventsOfActor
-- Of that, what $6 did.
SELECT event_id, micros(occurred_at) AS occurred_us, actor_kind, actor_id, actor_name, patient_id, action,
       resource_kind, resource_id, outcome
FROM audit_events
WHERE clinic_id = $1 AND actor_id = $6 AND (occurred_at, event_id) < (from_micros($2), $3)
  AND occurred_at >= from_micros($4)
ORDER BY occurred_at DESC, event_id DESC LIMIT $5

-- name: ListAuditEventsOfPatient
-- What concerns the patient $6 of the clinic $1 and the records merged into this one; all that $7 did, or everybody.
-- Without a clinic: an account's call before patients_audit, of which the patient alone was known.
SELECT event.event_id, micros(event.occurred_at) AS occurred_us, event.actor_kind, event.actor_id, event.actor_name,
       event.patient_id, event.action, event.resource_kind, event.resource_id, event.outcome
FROM (SELECT $6::uuid AS patient_id
      UNION ALL SELECT patient_id FROM patients WHERE clinic_id = $1 AND merged_into_patient_id = $6) AS record
CROSS JOIN LATERAL (
  SELECT event_id, occurred_at, actor_kind, actor_id, actor_name, patient_id, action, resource_kind, resource_id,
         outcome
  FROM audit_events
  WHERE patient_id = record.patient_id AND (clinic_id = $1 OR clinic_id IS NULL)
    AND (occurred_at, event_id) < (from_micros($2), $3) AND occurred_at >= from_micros($4)
    AND ($7::uuid IS NULL OR actor_id = $7)
  ORDER BY occurred_at DESC, event_id DESC LIMIT $5
) AS event
ORDER BY event.occurred_at DESC, event.event_id DESC LIMIT $5

-- name: ListRecordAccesses
-- For account holders; the caller's grant is asked for once it has run. What people saw, or changed, of the patient $1
-- and the records merged into this one, at the clinic of both.
SELECT event.event_id, micros(event.occurred_at) AS occurred_us, event.actor_kind, event.actor_id, event.actor_name,
       event.patient_id, event.action, event.resource_kind, event.resource_id, event.outcome
FROM (SELECT patient_id, clinic_id FROM patients WHERE patient_id = $1
      UNION ALL
      SELECT merged.patient_id, merged.clinic_id
      FROM patients AS staying JOIN patients AS merged
        ON merged.clinic_id = staying.clinic_id AND merged.merged_into_patient_id = staying.patient_id
      WHERE staying.patient_id = $1) AS record
CROSS JOIN LATERAL (
  SELECT event_id, occurred_at, actor_kind, actor_id, actor_name, patient_id, action, resource_kind, resource_id,
         outcome
  FROM audit_events
  WHERE patient_id = record.patient_id AND (clinic_id = record.clinic_id OR clinic_id IS NULL) AND outcome IN ('OK', 'REPEATED')
    AND actor_kind IN ('account', 'staff', 'service_account')
    AND (occurred_at, event_id) < (from_micros($2), $3)
  ORDER BY occurred_at DESC, event_id DESC LIMIT $4
) AS event
ORDER BY event.occurred_at DESC, event.event_id DESC LIMIT $4

-- name: FindChartOfPractitioner
-- Whether $3 has written a chart of the patient.
SELECT true AS found FROM soap_charts
WHERE clinic_id = $1 AND patient_id = $2 AND practitioner_account_id = $3 LIMIT 1
