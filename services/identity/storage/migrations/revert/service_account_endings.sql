BEGIN;

DROP TRIGGER service_account_sessions_deleted ON service_account_sessions;
DROP TRIGGER service_account_sessions_ended ON service_account_sessions;

COMMIT;
