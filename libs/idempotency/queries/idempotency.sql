-- name: ClaimIdempotencyKey
-- One row if the request is new or its record has expired. A duplicate waits here until the first one's transaction
-- ends, and gets no row if that was committed.
INSERT INTO idempotency_keys (caller, method, request_id, mac_key_id, request_mac, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, from_micros($6), from_micros($7))
ON CONFLICT (caller, method, request_id) DO UPDATE
  SET mac_key_id = excluded.mac_key_id, request_mac = excluded.request_mac, response = NULL,
      created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE idempotency_keys.expires_at <= excluded.created_at
RETURNING true AS claimed

-- name: StoreIdempotencyResponse
UPDATE idempotency_keys SET response = $4 WHERE caller = $1 AND method = $2 AND request_id = $3

-- name: GetIdempotencyKey
SELECT mac_key_id, request_mac, response, micros(expires_at) AS expires_us FROM idempotency_keys
WHERE caller = $1 AND method = $2 AND request_id = $3

-- name: PruneIdempotencyKeys
-- In the order of expiry; skips what is being claimed anew at this moment.
DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM idempotency_keys WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
