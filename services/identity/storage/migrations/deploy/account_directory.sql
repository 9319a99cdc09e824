-- identity:account_directory
-- Why: messaging is told of each account by an event in the transaction that changes it. Accounts from before messaging
-- was there, and those that a program from before makes or changes, are found by the version that was told last.
-- Expands. Locks: accounts, while the column is added (constant default, no rewrite), its check reads the rows and the
-- index is built: a second for some hundred thousand accounts.

BEGIN;

ALTER TABLE accounts
  -- The version that messaging was told of; 0: never.
  ADD COLUMN told_version bigint NOT NULL DEFAULT 0
    CONSTRAINT accounts_told_version_check CHECK (told_version BETWEEN 0 AND version);

CREATE INDEX accounts_untold ON accounts (account_id) WHERE told_version < version;

GRANT UPDATE (told_version) ON accounts TO :"app_role";

COMMIT;
