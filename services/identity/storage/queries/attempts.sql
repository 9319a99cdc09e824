-- name: CountAttempt
-- A row if the attempt at $3 is within the limit: fewer than $5 attempts since $4. Those at once queue up at the row,
-- and each sees the ones before it.
INSERT INTO attempts AS counter (kind, subject, attempted_at, expires_at)
VALUES ($1, $2, ARRAY[from_micros($3)], from_micros($6))
ON CONFLICT (kind, subject) DO UPDATE
  SET attempted_at = ARRAY(SELECT at FROM unnest(counter.attempted_at) AS at WHERE at > from_micros($4) ORDER BY at)
                     || excluded.attempted_at,
      expires_at = greatest(counter.expires_at, excluded.expires_at)
  WHERE (SELECT count(*) FROM unnest(counter.attempted_at) AS at WHERE at > from_micros($4)) < $5
RETURNING kind

-- name: GetOldestAttempt
-- Since $3. An aggregate: one row, NULL if there is none.
SELECT micros(min(at)) AS oldest_us
FROM attempts AS counter, unnest(counter.attempted_at) AS at
WHERE counter.kind = $1 AND counter.subject = $2 AND at > from_micros($3)

-- name: ForgiveAttempt
-- Takes the newest attempt back.
UPDATE attempts SET attempted_at = trim_array(attempted_at, 1)
WHERE kind = $1 AND subject = $2 AND cardinality(attempted_at) > 0

-- name: ClearAttempts
DELETE FROM attempts WHERE kind = $1 AND subject = $2

-- name: PruneAttempts
-- Rows that are locked do not move, so their places name them.
DELETE FROM attempts WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM attempts WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
