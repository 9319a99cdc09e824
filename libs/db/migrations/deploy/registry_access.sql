-- foundation:registry_access
-- Why: a service refuses to start on a database whose changes it does not fit, and reads them here.
-- Expands. Locks: catalog rows only.

BEGIN;

GRANT USAGE ON SCHEMA sqitch TO :"app_role";
GRANT SELECT ON sqitch.changes TO :"app_role";

COMMIT;
