BEGIN;

REVOKE SELECT ON sqitch.changes FROM :"app_role";
REVOKE USAGE ON SCHEMA sqitch FROM :"app_role";

COMMIT;
