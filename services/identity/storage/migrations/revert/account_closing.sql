BEGIN;

DROP TRIGGER staff_members_account_open ON staff_members;
DROP TRIGGER second_factors_account_open ON second_factors;
DROP TRIGGER sessions_account_open ON sessions;
DROP FUNCTION refuse_closed_account();

COMMIT;
