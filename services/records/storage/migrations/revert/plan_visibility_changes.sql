-- Revert records:plan_visibility_changes

BEGIN;

DROP TABLE plan_visibility_changes;

COMMIT;
