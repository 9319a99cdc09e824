BEGIN;

DROP TABLE clinics;
DROP TABLE accounts;

COMMIT;
