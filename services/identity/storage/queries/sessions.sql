-- name: InsertSession
INSERT INTO sessions (session_id, account_id, token_hash, created_at, last_seen_at, expires_at)
VALUES ($1, $2, $3, from_micros($4), from_micros($4), from_micros($5))

-- name: GetSession
-- One row for each membership, or one without; whether the session is live is the domain's to say.
SELECT session.session_id, session.account_id, account.email, micros(session.created_at) AS created_us,
       micros(session.last_seen_at) AS last_seen_us, micros(session.expires_at) AS expires_us,
       micros(session.ended_at) AS ended_us, member.clinic_id, member.display_name, member.roles,
       clinic.display_name AS clinic_display_name
FROM sessions AS session
JOIN accounts AS account ON account.account_id = session.account_id
LEFT JOIN staff_members AS member
  ON member.account_id = session.account_id AND member.suspended_at IS NULL
LEFT JOIN clinics AS clinic ON clinic.clinic_id = member.clinic_id
WHERE session.session_id = $1
ORDER BY member.staff_member_id LIMIT $2

-- name: GetSessionByToken
SELECT session.session_id, session.account_id, account.email, micros(session.created_at) AS created_us,
       micros(session.last_seen_at) AS last_seen_us, micros(session.expires_at) AS expires_us,
       micros(session.ended_at) AS ended_us, member.clinic_id, member.display_name, member.roles,
       clinic.display_name AS clinic_display_name
FROM sessions AS session
JOIN accounts AS account ON account.account_id = session.account_id
LEFT JOIN staff_members AS member
  ON member.account_id = session.account_id AND member.suspended_at IS NULL
LEFT JOIN clinics AS clinic ON clinic.clinic_id = member.clinic_id
WHERE session.token_hash = $1
ORDER BY member.staff_member_id LIMIT $2

-- name: TouchSession
-- Of many calls at once one notes the use; an ended session stays as it ended.
UPDATE sessions SET last_seen_at = from_micros($2)
WHERE session_id = $1 AND ended_at IS NULL AND last_seen_at <= from_micros($3)

-- name: EndSession
UPDATE sessions SET ended_at = from_micros($3)
WHERE session_id = $1 AND account_id = $2 AND ended_at IS NULL

-- name: PruneSessions
DELETE FROM sessions WHERE session_id = ANY (ARRAY(
  SELECT session_id FROM sessions WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
