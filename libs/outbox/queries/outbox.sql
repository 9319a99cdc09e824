-- name: InsertOutboxEvent
INSERT INTO outbox_events (event_id, topic, payload, created_at, available_at)
VALUES ($1, $2, $3, from_micros($4), from_micros($4))

-- name: ClaimOutboxEvents
-- Leases what is due: until $2 nobody else sees it, and no transaction stays open while it is delivered.
-- Skips what another relay is claiming at this moment.
WITH claimed AS (
  UPDATE outbox_events SET available_at = from_micros($2), attempts = attempts + 1
  WHERE event_id = ANY (ARRAY(
    SELECT event_id FROM outbox_events
    WHERE dead_at IS NULL AND available_at <= from_micros($1) AND topic = ANY ($3::text[])
    ORDER BY available_at, event_id LIMIT $4
    FOR UPDATE SKIP LOCKED))
  RETURNING event_id, topic, payload, attempts, created_at
)
SELECT event_id, topic, payload, attempts, micros(created_at) AS created_us FROM claimed ORDER BY event_id

-- name: DeleteOutboxEvents
DELETE FROM outbox_events WHERE event_id = ANY ($1::uuid[])

-- name: RetryOutboxEvent
-- Only while the claim ($2) is ours: after its lease another relay may hold the event.
UPDATE outbox_events SET available_at = from_micros($3), last_error_code = $4
WHERE event_id = $1 AND attempts = $2

-- name: ReleaseOutboxEvent
-- Gives back what was claimed and not tried.
UPDATE outbox_events SET available_at = from_micros($3), attempts = attempts - 1
WHERE event_id = $1 AND attempts = $2

-- name: BuryOutboxEvent
UPDATE outbox_events SET dead_at = from_micros($3), last_error_code = $4
WHERE event_id = $1 AND attempts = $2

-- name: ReviveOutboxEvent
UPDATE outbox_events SET dead_at = NULL, available_at = from_micros($2)
WHERE event_id = $1 AND dead_at IS NOT NULL

-- name: DiscardDeadOutboxEvent
DELETE FROM outbox_events WHERE event_id = $1 AND dead_at IS NOT NULL

-- name: ListDeadOutboxEvents
SELECT event_id, topic, attempts, micros(dead_at) AS dead_us, last_error_code FROM outbox_events
WHERE dead_at IS NOT NULL AND event_id > $1 ORDER BY event_id LIMIT $2

-- name: MeasureOutbox
SELECT count(*) FILTER (WHERE dead_at IS NULL) AS pending, count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
       micros(min(created_at) FILTER (WHERE dead_at IS NULL)) AS oldest_us
FROM outbox_events
