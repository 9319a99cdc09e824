-- name: AdmitRedemptionAttempt
-- A row if fewer than $3 attempts of the subject were admitted after $4. Those who come at once wait for each other's
-- row; a refusal leaves the row locked too, so that what is read next is what refused.
INSERT INTO redemption_attempts AS ledger (subject, admitted_at, newest_at)
VALUES ($1, ARRAY[from_micros($2)], from_micros($2))
ON CONFLICT (subject) DO UPDATE
  SET admitted_at = (ledger.admitted_at || excluded.newest_at)[greatest(cardinality(ledger.admitted_at) + 2 - $3::int, 1):],
      newest_at = excluded.newest_at
  WHERE cardinality(ledger.admitted_at) < $3::int
     OR ledger.admitted_at[cardinality(ledger.admitted_at) + 1 - $3::int] <= from_micros($4)
RETURNING true AS admitted

-- name: GetOldestCountedAttempt
-- The attempt whose ageing makes room for the next one.
SELECT micros(admitted_at[cardinality(admitted_at) + 1 - $2::int]) AS oldest_us
FROM redemption_attempts WHERE subject = $1

-- name: PruneRedemptionAttempts
-- Skips what is being counted at this moment.
DELETE FROM redemption_attempts WHERE subject = ANY (ARRAY(
  SELECT subject FROM redemption_attempts WHERE newest_at <= from_micros($1)
  ORDER BY newest_at LIMIT $2 FOR UPDATE SKIP LOCKED))
