BEGIN;

DROP TABLE audit_events;
DROP FUNCTION refuse_resealing();
DROP TABLE audit_batches;

COMMIT;
