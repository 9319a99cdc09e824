-- records:plan_notices
-- Why: those who hold a grant are told that a plan is waiting, at most once a day for each.
-- Expands. Locks: soap_charts, briefly: a nullable column.

BEGIN;

ALTER TABLE soap_charts ADD COLUMN holders_told_at timestamptz;
GRANT UPDATE (holders_told_at) ON soap_charts TO :"app_role";

COMMIT;
