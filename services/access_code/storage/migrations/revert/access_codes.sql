BEGIN;

DROP TABLE access_codes;
DROP FUNCTION refuse_reopening();

COMMIT;
