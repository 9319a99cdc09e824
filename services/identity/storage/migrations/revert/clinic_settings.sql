BEGIN;

REVOKE UPDATE (display_name, time_zone, notice_email, language, second_factor_required, version)
  ON clinics FROM :"app_role";

ALTER TABLE clinics
  DROP COLUMN version,
  DROP COLUMN second_factor_required,
  DROP COLUMN language,
  DROP COLUMN notice_email;

COMMIT;
