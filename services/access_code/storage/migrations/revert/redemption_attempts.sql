BEGIN;

DROP TABLE redemption_attempts;

COMMIT;
