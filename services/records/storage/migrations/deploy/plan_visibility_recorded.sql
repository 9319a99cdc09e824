-- records:plan_visibility_recorded
-- Why: of a chart that is older than plan_visibility_changes nobody knows whether its plan was kept from holders before,
-- and nothing is said that is not known. Charts from now on have their whole history.
-- Expands. Locks: soap_charts, briefly: a column with a constant default rewrites nothing.

BEGIN;

ALTER TABLE soap_charts ADD COLUMN plan_visibility_recorded boolean NOT NULL DEFAULT false;
ALTER TABLE soap_charts ALTER COLUMN plan_visibility_recorded SET DEFAULT true;

COMMIT;
