-- Revert records:plan_section_kinds_change

BEGIN;

REVOKE UPDATE (title, position) ON plan_section_kinds FROM :"app_role";
ALTER TABLE plan_section_kinds
  DROP COLUMN retired_at,
  DROP CONSTRAINT plan_section_kinds_position_key,
  ADD CONSTRAINT plan_section_kinds_position_key UNIQUE (clinic_id, position);

COMMIT;
