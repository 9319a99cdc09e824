BEGIN;

DROP TABLE mailbox_codes;

COMMIT;
