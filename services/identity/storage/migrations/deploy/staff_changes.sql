-- identity:staff_changes
-- Why: owners change what members may do, suspend, reinstate and remove them, and withdraw invitations. The version tells
-- two changes at once apart. A member who is removed is deleted: the audit trail says who was on the staff.
-- Expands. Locks: staff_members, briefly, while its rows are read once for the check; no rewrite. A program from before
-- neither suspends nor raises the version.

BEGIN;

ALTER TABLE staff_members
  ADD COLUMN version bigint NOT NULL DEFAULT 1
    CONSTRAINT staff_members_version_check CHECK (version >= 1);

GRANT UPDATE (suspended_at, version) ON staff_members TO :"app_role";
GRANT DELETE ON staff_members TO :"app_role";

COMMIT;
