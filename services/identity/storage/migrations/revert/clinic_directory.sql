BEGIN;

ALTER TABLE clinics DROP COLUMN told_version;

COMMIT;
