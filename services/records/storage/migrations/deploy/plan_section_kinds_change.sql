-- records:plan_section_kinds_change
-- Why: a clinic renames, orders and retires the kinds of its plan sections.
-- Expands. Locks: plan_section_kinds, briefly.

BEGIN;

-- At the end of a statement only: two kinds change places in one.
ALTER TABLE plan_section_kinds
  DROP CONSTRAINT plan_section_kinds_position_key,
  ADD CONSTRAINT plan_section_kinds_position_key UNIQUE (clinic_id, position) DEFERRABLE INITIALLY IMMEDIATE,
  -- NULL while in use.
  ADD COLUMN retired_at timestamptz;

GRANT UPDATE (title, position, retired_at) ON plan_section_kinds TO :"app_role";

COMMIT;
