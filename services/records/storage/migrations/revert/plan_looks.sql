-- Revert records:plan_looks

BEGIN;

DROP TABLE plan_looks;

COMMIT;
