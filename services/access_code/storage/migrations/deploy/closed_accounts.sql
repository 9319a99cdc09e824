-- access_code:closed_accounts
-- Why: passports outlive their account by up to a minute, and a code redeemed with one made a grant that nobody would
-- ever use, and that the clinic took for a holder.
-- Expands. Locks: none.

BEGIN;

-- What identity has told of. Never deleted: a closed account is not opened again.
CREATE TABLE closed_accounts (
  account_id uuid CONSTRAINT closed_accounts_pkey PRIMARY KEY,
  closed_at timestamptz NOT NULL
);

INSERT INTO closed_accounts (account_id, closed_at)
SELECT account_id, max(revoked_at) FROM grants WHERE end_cause = 'closed' GROUP BY account_id;

-- Whether the account is closed; until the transaction ends, the answer stays true. The lock comes before the look, and
-- each statement in here looks anew.
CREATE FUNCTION account_is_closed(account uuid) RETURNS boolean
  LANGUAGE plpgsql
  AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('account ' || account::text, 0));
  RETURN EXISTS (SELECT FROM closed_accounts WHERE account_id = account);
END
$$;

-- Waits for those who were told that it is open.
CREATE FUNCTION close_account(account uuid, at timestamptz) RETURNS void
  LANGUAGE plpgsql
  AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('account ' || account::text, 0));
  INSERT INTO closed_accounts (account_id, closed_at) VALUES (account, at) ON CONFLICT DO NOTHING;
END
$$;

REVOKE ALL ON FUNCTION account_is_closed(uuid), close_account(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION account_is_closed(uuid), close_account(uuid, timestamptz) TO :"app_role";
GRANT SELECT, INSERT ON closed_accounts TO :"app_role";

COMMIT;
