-- name: ListDeadLetters
SELECT outbox_events.event_id, source_service, kind, micros(accepted_at) AS accepted_us, micros(dead_at) AS dead_us,
       attempts, failure, reply_code
FROM outbox_events JOIN notices ON notices.event_id = outbox_events.event_id
WHERE dead_at IS NOT NULL AND outbox_events.event_id > $1
ORDER BY outbox_events.event_id LIMIT $2

-- name: ExtendTrying
UPDATE notices SET try_until = from_micros($2) WHERE event_id = $1

-- name: DiscardOldDeadLetters
-- At most $2 of what was given up before $1.
DELETE FROM outbox_events WHERE event_id = ANY (ARRAY(
  SELECT event_id FROM outbox_events WHERE dead_at < from_micros($1) ORDER BY event_id LIMIT $2
  FOR UPDATE SKIP LOCKED))
RETURNING event_id
