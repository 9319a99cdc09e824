-- Revert records:plan_visibility_recorded

BEGIN;

ALTER TABLE soap_charts DROP COLUMN plan_visibility_recorded;

COMMIT;
