BEGIN;

DROP TABLE staff_members;
DROP TABLE clinics;

COMMIT;
