-- name: GetKnownDevice
-- If the account of the address was used from it, since $3.
SELECT device.device_id
FROM known_devices AS device
JOIN accounts AS account ON account.account_id = device.account_id
WHERE device.token_hash = $1 AND account.normalized_email = $2 AND device.last_seen_at > from_micros($3)

-- name: InsertKnownDevice
INSERT INTO known_devices (device_id, account_id, token_hash, created_at, last_seen_at)
VALUES ($1, $2, $3, from_micros($4), from_micros($4))

-- name: TouchKnownDevice
-- No row if it was forgotten meanwhile.
UPDATE known_devices SET last_seen_at = greatest(last_seen_at, from_micros($3))
WHERE device_id = $1 AND account_id = $2
RETURNING device_id

-- name: ForgetOldestDevices
-- All but the $2 last used ones.
DELETE FROM known_devices WHERE device_id = ANY (ARRAY(
  SELECT device_id FROM known_devices WHERE account_id = $1 ORDER BY last_seen_at DESC, device_id DESC OFFSET $2))

-- name: ForgetDevices
-- All but $2, which may be null.
DELETE FROM known_devices WHERE account_id = $1 AND device_id IS DISTINCT FROM $2::uuid

-- name: PruneKnownDevices
DELETE FROM known_devices WHERE device_id = ANY (ARRAY(
  SELECT device_id FROM known_devices WHERE last_seen_at <= from_micros($1)
  ORDER BY last_seen_at LIMIT $2 FOR UPDATE SKIP LOCKED))
