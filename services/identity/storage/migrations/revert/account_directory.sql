BEGIN;

ALTER TABLE accounts DROP COLUMN told_version;

COMMIT;
