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

-- name: FindRecordAccessPage
-- For account holders; the caller's grant is asked for once it has run. What people saw, or changed, of the patient $1
-- and the records merged into this one, at the clinic of both, is read in whole days: this is where the page begins that
-- ends before $2 and has at most $3 accesses, or one day. NULL: all that is left fits. Other accounts than $4 count until
-- $5 only. audit_events_accesses has just these rows, without the refusals that anybody may cause.
SELECT CASE
    WHEN count(*) <= $3 THEN NULL
    WHEN date_trunc('day', min(occurred_at), 'UTC') = date_trunc('day', max(occurred_at), 'UTC')
      THEN micros(date_trunc('day', min(occurred_at), 'UTC'))
    ELSE micros(date_trunc('day', min(occurred_at), 'UTC') + interval '24 hours')
  END AS start_us
FROM (
  SELECT event.occurred_at
  FROM (SELECT patient_id, clinic_id FROM patients WHERE patient_id = $1
        UNION ALL
        SELECT merged.patient_id, merged.clinic_id
        FROM patients AS staying JOIN patients AS merged
          ON merged.clinic_id = staying.clinic_id AND merged.merged_into_patient_id = staying.patient_id
        WHERE staying.patient_id = $1) AS record
  CROSS JOIN LATERAL (
    SELECT occurred_at FROM audit_events
    WHERE patient_id = record.patient_id AND (clinic_id = record.clinic_id OR clinic_id IS NULL)
      AND outcome IN ('OK', 'REPEATED') AND actor_kind IN ('account', 'staff', 'service_account')
      AND (actor_kind <> 'account' OR actor_id = $4 OR occurred_at < from_micros($5))
      AND occurred_at < from_micros($2)
    ORDER BY occurred_at DESC LIMIT $3::bigint + 1
  ) AS event
  ORDER BY event.occurred_at DESC LIMIT $3::bigint + 1
) AS newest

-- name: ListRecordAccesses
-- Of the same, what there was from $2 on and before $3, for each day, actor and action; other accounts than $4 are one.
SELECT micros(date_trunc('day', occurred_at, 'UTC')) AS day_us, actor_kind, actor_id, action, repeated,
       count(*) AS count, micros(max(occurred_at)) AS last_us,
       coalesce((array_agg(actor_name ORDER BY occurred_at DESC) FILTER (WHERE actor_name <> ''))[1], '') AS actor_name
FROM (
  SELECT event.occurred_at, event.actor_kind, event.actor_name, event.action, event.outcome = 'REPEATED' AS repeated,
         CASE WHEN event.actor_kind <> 'account' OR event.actor_id = $4 THEN event.actor_id END AS actor_id
  FROM (SELECT patient_id, clinic_id FROM patients WHERE patient_id = $1
        UNION ALL
        SELECT merged.patient_id, merged.clinic_id
        FROM patients AS staying JOIN patients AS merged
          ON merged.clinic_id = staying.clinic_id AND merged.merged_into_patient_id = staying.patient_id
        WHERE staying.patient_id = $1) AS record
  JOIN audit_events AS event
    ON event.patient_id = record.patient_id AND (event.clinic_id = record.clinic_id OR event.clinic_id IS NULL)
  WHERE event.outcome IN ('OK', 'REPEATED') AND event.actor_kind IN ('account', 'staff', 'service_account')
    AND (event.actor_kind <> 'account' OR event.actor_id = $4 OR event.occurred_at < from_micros($5))
    AND event.occurred_at >= from_micros($2) AND event.occurred_at < from_micros($3)
) AS access
GROUP BY 1, actor_kind, actor_id, action, repeated

-- name: FindChartOfPractitioner
-- Whether $3 has written a chart of the patient.
SELECT true AS found FROM soap_charts
WHERE clinic_id = $1 AND patient_id = $2 AND practitioner_account_id = $3 LIMIT 1
