BEGIN;

DROP TABLE password_resets;

COMMIT;
