-- name: InviteStaffMember
-- No row if the person is on the staff or has a live invitation; an expired one is renewed in place.
INSERT INTO staff_members (staff_member_id, clinic_id, email, normalized_email, roles, created_at,
                           invitation_token_hash, invitation_expires_at)
VALUES ($1, $2, $3, $4, $5, from_micros($6), $7, from_micros($8))
ON CONFLICT (clinic_id, normalized_email) DO UPDATE
  SET email = excluded.email, roles = excluded.roles, created_at = excluded.created_at,
      invitation_token_hash = excluded.invitation_token_hash, invitation_expires_at = excluded.invitation_expires_at
  WHERE staff_members.account_id IS NULL AND staff_members.invitation_expires_at <= excluded.created_at
RETURNING staff_member_id

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
SET account_id = $2, display_name = $3, invitation_token_hash = NULL, invitation_expires_at = NULL
WHERE invitation_token_hash = $1
RETURNING staff_member_id, clinic_id, account_id, email, display_name, roles, micros(created_at) AS created_us

-- name: ListStaffMembers
-- Ids grow with time, so this is the order of the first invitations.
SELECT staff_member_id, clinic_id, account_id, email, display_name, roles, micros(created_at) AS created_us
FROM staff_members WHERE clinic_id = $1 AND staff_member_id > $2
ORDER BY staff_member_id LIMIT $3
