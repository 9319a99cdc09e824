BEGIN;

ALTER TABLE sessions
  DROP COLUMN second_factor_at,
  DROP COLUMN device;

COMMIT;
