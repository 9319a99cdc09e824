BEGIN;

DROP TRIGGER staff_members_deleted ON staff_members;
DROP TRIGGER staff_members_changed ON staff_members;
DROP TRIGGER sessions_deleted ON sessions;
DROP TRIGGER sessions_ended ON sessions;
DROP FUNCTION record_membership_change();
DROP FUNCTION record_session_ending();
DROP TABLE session_endings;

COMMIT;
