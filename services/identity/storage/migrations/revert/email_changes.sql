BEGIN;

DROP TABLE email_changes;

COMMIT;
