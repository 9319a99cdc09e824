BEGIN;

REVOKE UPDATE (display_name) ON clinics FROM :"app_role";
REVOKE DELETE ON staff_members FROM :"app_role";

DROP TRIGGER staff_members_account_open ON staff_members;
DROP TRIGGER sessions_account_open ON sessions;
DROP FUNCTION refuse_closed_account();

COMMIT;
