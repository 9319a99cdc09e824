-- name: InviteStaffMember
-- No row if the person is on the staff or has a live invitation; an expired one is renewed in place.
INSERT INTO staff_members (staff_member_id, clinic_id, email, normalized_email, roles, created_at,
                           invitation_token_hash, invitation_expires_at)
VALUES ($1, $2, $3, $4, $5, from_micros($6), $7, from_micros($8))
ON CONFLICT (clinic_id, normalized_email) DO UPDATE
  SET email = excluded.email, roles = excluded.roles, created_at = excluded.created_at,
      invitation_token_hash = excluded.invitation_token_hash, invitation_expires_at = excluded.invitation_expires_at,
      version = staff_members.version + 1
  WHERE staff_members.account_id IS NULL AND staff_members.invitation_expires_at <= excluded.created_at
RETURNING staff_member_id, version

-- name: GetInvitation
SELECT member.email, member.normalized_email, account.account_id, account.password_hash
FROM staff_members AS member
LEFT JOIN accounts AS account ON account.normalized_email = member.normalized_email
WHERE member.invitation_token_hash = $1 AND member.invitation_expires_at > from_micros($2)

-- name: LockInvitation
-- Of two acceptances at once the second waits here and then finds no invitation.
SELECT member.email, member.normalized_email, account.account_id, account.password_hash
FROM staff_members AS member
LEFT JOIN accounts AS account ON account.normalized_email = member.normalized_email
WHERE member.invitation_token_hash = $1 AND member.invitation_expires_at > from_micros($2)
FOR UPDATE OF member

-- name: AcceptInvitation
UPDATE staff_members
SET account_id = $2, display_name = $3, invitation_token_hash = NULL, invitation_expires_at = NULL,
    version = version + 1
WHERE invitation_token_hash = $1
RETURNING staff_member_id, clinic_id, account_id, email, display_name, roles, micros(created_at) AS created_us,
          micros(suspended_at) AS suspended_us, version

-- name: ListStaffMembers
-- Ids grow with time, so this is the order of the first invitations.
SELECT staff_member_id, clinic_id, account_id, email, display_name, roles, micros(created_at) AS created_us,
       micros(suspended_at) AS suspended_us, version
FROM staff_members WHERE clinic_id = $1 AND staff_member_id > $2
ORDER BY staff_member_id LIMIT $3

-- name: GetActiveRoles
SELECT roles FROM staff_members WHERE clinic_id = $1 AND account_id = $2 AND suspended_at IS NULL

-- name: LockStaffMember
-- With the clinic locked, no other owner is taken away meanwhile. The member's row is locked too: an invitation may be
-- accepted at this moment.
SELECT member.staff_member_id, member.clinic_id, member.account_id, member.email, member.display_name, member.roles,
       micros(member.created_at) AS created_us, micros(member.suspended_at) AS suspended_us, member.version,
       EXISTS (SELECT FROM staff_members AS owner
               WHERE owner.clinic_id = $1 AND owner.staff_member_id <> $2 AND owner.account_id IS NOT NULL
                 AND owner.suspended_at IS NULL AND owner.roles & 2 <> 0) AS has_other_owner
FROM staff_members AS member WHERE member.clinic_id = $1 AND member.staff_member_id = $2
FOR UPDATE OF member

-- name: UpdateStaffMember
UPDATE staff_members SET roles = $3, suspended_at = from_micros($4), version = $5
WHERE clinic_id = $1 AND staff_member_id = $2

-- name: RenewInvitation
UPDATE staff_members
SET invitation_token_hash = $3, created_at = from_micros($4), invitation_expires_at = from_micros($5), version = $6
WHERE clinic_id = $1 AND staff_member_id = $2

-- name: DeleteStaffMember
DELETE FROM staff_members WHERE clinic_id = $1 AND staff_member_id = $2
