BEGIN;

DROP TABLE outbox_events;

COMMIT;
