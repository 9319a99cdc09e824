-- identity:clinic_settings
-- Why: owners change their clinic's settings, among them where its notices go and whether its staff need a second factor.
-- Messaging is told of each change; the version orders what it is told, and tells two changes at once apart.
-- Expands. Locks: clinics, briefly: constant defaults, no rewrite but of the one row of each clinic that is given the
-- address of its first invitation. A clinic made by a program from before has no address until its owner gives one.

BEGIN;

ALTER TABLE clinics
  ADD COLUMN notice_email text NOT NULL DEFAULT ''
    CONSTRAINT clinics_notice_email_check CHECK (octet_length(notice_email) <= 254),
  ADD COLUMN language text NOT NULL DEFAULT 'en'
    CONSTRAINT clinics_language_check CHECK (language IN ('en', 'fr')),
  ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false,
  -- Rises with each change.
  ADD COLUMN version bigint NOT NULL DEFAULT 1
    CONSTRAINT clinics_version_check CHECK (version >= 1);

UPDATE clinics SET notice_email = (
  SELECT member.email FROM staff_members AS member
  WHERE member.clinic_id = clinics.clinic_id ORDER BY member.staff_member_id LIMIT 1)
WHERE EXISTS (SELECT FROM staff_members AS member WHERE member.clinic_id = clinics.clinic_id);

GRANT UPDATE (display_name, time_zone, notice_email, language, second_factor_required, version)
  ON clinics TO :"app_role";

COMMIT;
