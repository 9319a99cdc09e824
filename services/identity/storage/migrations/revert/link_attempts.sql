BEGIN;

ALTER TABLE sign_ups DROP COLUMN link_attempts;

COMMIT;
