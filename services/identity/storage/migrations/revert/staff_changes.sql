BEGIN;

REVOKE DELETE ON staff_members FROM :"app_role";
REVOKE UPDATE (suspended_at, version) ON staff_members FROM :"app_role";

ALTER TABLE staff_members DROP COLUMN version;

COMMIT;
