BEGIN;

DROP FUNCTION close_account(uuid, timestamptz);
DROP FUNCTION account_is_closed(uuid);
DROP TABLE closed_accounts;

COMMIT;
