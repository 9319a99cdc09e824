BEGIN;

DROP FUNCTION from_micros(bigint);
DROP FUNCTION micros(timestamptz);

COMMIT;
