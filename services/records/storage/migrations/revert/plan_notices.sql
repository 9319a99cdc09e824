-- Revert records:plan_notices

BEGIN;

ALTER TABLE soap_charts DROP COLUMN holders_told_at;

COMMIT;
