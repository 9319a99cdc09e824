BEGIN;

DROP TABLE idempotency_keys;

COMMIT;
