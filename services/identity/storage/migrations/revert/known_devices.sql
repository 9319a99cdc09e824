BEGIN;

ALTER TABLE accounts DROP COLUMN first_signed_in_at;
ALTER TABLE sessions DROP COLUMN device_id;
DROP TABLE known_devices;

COMMIT;
