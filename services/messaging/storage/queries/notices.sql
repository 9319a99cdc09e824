-- name: InsertNotice
-- No row: it was taken over before.
INSERT INTO notices (event_id, source_service, kind, created_at, accepted_at, try_until)
VALUES ($1, $2, $3, from_micros($4), from_micros($5), from_micros($6))
ON CONFLICT (event_id) DO NOTHING

-- name: FindNotice
SELECT source_service, micros(created_at) AS created_us, micros(try_until) AS try_until_us
FROM notices WHERE event_id = $1

-- name: NoteFailure
UPDATE notices SET failure = $2, reply_code = $3 WHERE event_id = $1

-- name: PruneNotices
-- What is still to be sent, or dead, stays.
DELETE FROM notices WHERE event_id = ANY (ARRAY(
  SELECT event_id FROM notices
  WHERE accepted_at < from_micros($1)
    AND NOT EXISTS (SELECT FROM outbox_events WHERE outbox_events.event_id = notices.event_id)
  ORDER BY accepted_at LIMIT $2
  FOR UPDATE SKIP LOCKED))
