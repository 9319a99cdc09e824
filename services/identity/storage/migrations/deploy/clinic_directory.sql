-- identity:clinic_directory
-- Why: clinics from before clinic_settings, and those that a program from before makes, were never announced to messaging,
-- whose notices for them wait. They are found as untold accounts are. Clinics that were announced are once more: messaging
-- ignores what it has.
-- Expands. Locks: clinics, briefly: a constant default rewrites nothing, and there are few clinics to check and to index.

BEGIN;

ALTER TABLE clinics
  -- The version that messaging was told of; 0: never.
  ADD COLUMN told_version bigint NOT NULL DEFAULT 0
    CONSTRAINT clinics_told_version_check CHECK (told_version BETWEEN 0 AND version);

CREATE INDEX clinics_untold ON clinics (clinic_id) WHERE told_version < version;

GRANT UPDATE (told_version) ON clinics TO :"app_role";

COMMIT;
