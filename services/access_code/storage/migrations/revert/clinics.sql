BEGIN;

DROP TRIGGER patients_clinic ON patients;
DROP FUNCTION settle_clinic();
DROP TABLE clinics;

COMMIT;
