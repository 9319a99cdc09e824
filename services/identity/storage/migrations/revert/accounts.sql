BEGIN;

DROP TABLE sign_ups;
DROP TABLE accounts;

COMMIT;
