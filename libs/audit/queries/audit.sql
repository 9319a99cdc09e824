-- name: InsertAuditEvents
-- Ids are made before, so that an insert whose outcome is unknown may be repeated.
INSERT INTO audit_events (event_id, occurred_at, actor_kind, actor_id, session_id, calling_service, clinic_id,
                          patient_id, resource_kind, resource_id, action, outcome, source_address, request_id,
                          actor_name)
SELECT event_id, from_micros(occurred_us), actor_kind, actor_id, session_id, calling_service, clinic_id,
       patient_id, resource_kind, resource_id, action, outcome, source_address, request_id, actor_name
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::uuid[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
  AS event (event_id, occurred_us, actor_kind, actor_id, session_id, calling_service, clinic_id, patient_id,
            resource_kind, resource_id, action, outcome, source_address, request_id, actor_name)
ON CONFLICT (event_id) DO NOTHING

-- name: GetAuditChainState
-- Whether there is anything to seal, and the batch of the last exported checkpoint ($1).
SELECT EXISTS (SELECT FROM audit_events WHERE batch_no IS NULL) AS pending,
       (SELECT hash FROM audit_batches WHERE batch_no = $1) AS checkpoint_hash

-- name: TryLockAuditChain
-- One sealer at a time in this database; the lock ends with the transaction.
SELECT pg_try_advisory_xact_lock(hashtextextended('audit_batches', 0)) AS locked

-- name: GetNewestAuditBatch
SELECT batch_no, event_count, previous_hash, hash, micros(sealed_at) AS sealed_us, key_id, signature
FROM audit_batches ORDER BY batch_no DESC LIMIT 1

-- name: SealAuditEvents
-- Whatever has been committed and is not sealed, whenever its transaction began.
WITH sealed AS (
  UPDATE audit_events SET batch_no = $1
  WHERE event_id = ANY (ARRAY(
    SELECT event_id FROM audit_events WHERE batch_no IS NULL ORDER BY event_id LIMIT $2))
  RETURNING event_id, occurred_at, actor_kind, actor_id, session_id, calling_service, clinic_id, patient_id,
            resource_kind, resource_id, action, outcome, source_address, request_id, actor_name
)
SELECT event_id, micros(occurred_at) AS occurred_us, actor_kind, actor_id, session_id, calling_service, clinic_id,
       patient_id, resource_kind, resource_id, action, outcome, source_address, request_id, actor_name
FROM sealed ORDER BY event_id

-- name: InsertAuditBatch
INSERT INTO audit_batches (batch_no, event_count, previous_hash, hash, sealed_at, key_id, signature)
VALUES ($1, $2, $3, $4, from_micros($5), $6, $7)

-- name: ListAuditBatches
SELECT batch_no, event_count, previous_hash, hash, micros(sealed_at) AS sealed_us, key_id, signature
FROM audit_batches WHERE batch_no > $1 ORDER BY batch_no LIMIT $2

-- name: ListSealedAuditEvents
SELECT event_id, micros(occurred_at) AS occurred_us, actor_kind, actor_id, session_id, calling_service, clinic_id,
       patient_id, resource_kind, resource_id, action, outcome, source_address, request_id, actor_name
FROM audit_events WHERE batch_no = $1 ORDER BY event_id

-- name: ListUsedAuditBatchNumbers
-- The next $2 numbers after $1 that events carry, ascending, and whether there is such a batch. One step along the index
-- finds the next number, and no more steps are taken than rows are asked for.
WITH RECURSIVE used (batch_no) AS (
  (SELECT batch_no FROM audit_events WHERE batch_no > $1 ORDER BY batch_no LIMIT 1)
  UNION ALL
  SELECT (SELECT event.batch_no FROM audit_events AS event WHERE event.batch_no > used.batch_no
          ORDER BY event.batch_no LIMIT 1)
  FROM used WHERE used.batch_no IS NOT NULL
)
SELECT batch_no,
       coalesce((SELECT true FROM audit_batches AS batch WHERE batch.batch_no = used.batch_no), false) AS is_batch
FROM used WHERE batch_no IS NOT NULL LIMIT $2
