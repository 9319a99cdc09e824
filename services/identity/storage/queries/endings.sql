-- name: ListSessionEndings
SELECT ending_id, session_id, account_id, clinic_id, roles, micros(recorded_at) AS recorded_us
FROM session_endings WHERE ending_id > $1 ORDER BY ending_id LIMIT $2

-- name: GetLastSessionEnding
-- 0 if there is none.
SELECT coalesce(max(ending_id), 0) AS last_ending_id FROM session_endings

-- name: PruneSessionEndings
DELETE FROM session_endings WHERE ending_id = ANY (ARRAY(
  SELECT ending_id FROM session_endings WHERE recorded_at <= from_micros($1)
  ORDER BY recorded_at LIMIT $2))
