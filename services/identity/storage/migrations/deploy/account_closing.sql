-- identity:account_closing
-- Why: accounts are closed. Whatever signs in to an account, gives it a second factor or makes it a member of a staff at the same moment waits for its
-- row and is then refused, whichever code path it takes. A member who closes their account is deleted: the audit trail says
-- who was on the staff.
-- Expands. Locks: sessions, second_factors and staff_members, for a moment each. Nothing is closed yet, so a program from before meets no
-- refusal.

BEGIN;

CREATE FUNCTION refuse_closed_account() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  PERFORM FROM accounts WHERE account_id = NEW.account_id AND closed_at IS NULL FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the account is closed' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER sessions_account_open BEFORE INSERT ON sessions
  FOR EACH ROW EXECUTE FUNCTION refuse_closed_account();
CREATE TRIGGER second_factors_account_open BEFORE INSERT ON second_factors
  FOR EACH ROW EXECUTE FUNCTION refuse_closed_account();
CREATE TRIGGER staff_members_account_open BEFORE INSERT OR UPDATE OF account_id ON staff_members
  FOR EACH ROW WHEN (NEW.account_id IS NOT NULL) EXECUTE FUNCTION refuse_closed_account();

COMMIT;
