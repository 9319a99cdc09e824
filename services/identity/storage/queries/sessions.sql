-- name: InsertSession
INSERT INTO sessions (session_id, account_id, token_hash, created_at, last_seen_at, expires_at, device, device_id,
                      second_factor_at)
VALUES ($1, $2, $3, from_micros($4), from_micros($4), from_micros($5), $6, $7, from_micros($8))

-- name: MarkFirstSignIn
-- A row at the account's first one.
UPDATE accounts SET first_signed_in_at = from_micros($2)
WHERE account_id = $1 AND first_signed_in_at IS NULL
RETURNING account_id

-- name: ListSessions
-- The account's live ones at $2, used since $3, newest first: ids grow with time.
SELECT session.session_id, session.account_id, account.email, micros(session.created_at) AS created_us,
       micros(session.last_seen_at) AS last_seen_us, micros(session.expires_at) AS expires_us,
       micros(session.ended_at) AS ended_us, session.device, micros(session.second_factor_at) AS second_factor_us
FROM sessions AS session
JOIN accounts AS account ON account.account_id = session.account_id
WHERE session.account_id = $1 AND session.ended_at IS NULL AND session.expires_at > from_micros($2)
  AND session.last_seen_at > from_micros($3) AND session.session_id < $4
ORDER BY session.session_id DESC LIMIT $5

-- name: EndSessions
-- All of the account's live ones but $2, which may be null.
UPDATE sessions SET ended_at = from_micros($3)
WHERE account_id = $1 AND ended_at IS NULL AND expires_at > from_micros($3) AND session_id IS DISTINCT FROM $2::uuid

-- name: EndOldestSessions
-- All of the account's live ones but the $2 newest.
UPDATE sessions SET ended_at = from_micros($3) WHERE session_id = ANY (ARRAY(
  SELECT session_id FROM sessions WHERE account_id = $1 AND ended_at IS NULL AND expires_at > from_micros($3)
  ORDER BY session_id DESC OFFSET $2))

-- name: GetSession
-- One row for each membership, or one without; whether the session is live is the domain's to say.
SELECT session.session_id, session.account_id, coalesce(account.email, '') AS email,
       micros(session.created_at) AS created_us, micros(session.last_seen_at) AS last_seen_us,
       micros(session.expires_at) AS expires_us, micros(session.ended_at) AS ended_us, session.device,
       micros(session.second_factor_at) AS second_factor_us, member.clinic_id, member.display_name, member.roles,
       clinic.display_name AS clinic_display_name,
       clinic.second_factor_required AND session.second_factor_at IS NULL AS second_factor_needed
FROM sessions AS session
JOIN accounts AS account ON account.account_id = session.account_id
LEFT JOIN staff_members AS member
  ON member.account_id = session.account_id AND member.suspended_at IS NULL
LEFT JOIN clinics AS clinic ON clinic.clinic_id = member.clinic_id
WHERE session.session_id = $1
ORDER BY member.staff_member_id LIMIT $2

-- name: GetSessionByToken
SELECT session.session_id, session.account_id, coalesce(account.email, '') AS email,
       micros(session.created_at) AS created_us, micros(session.last_seen_at) AS last_seen_us,
       micros(session.expires_at) AS expires_us, micros(session.ended_at) AS ended_us, session.device,
       micros(session.second_factor_at) AS second_factor_us, member.clinic_id, member.display_name, member.roles,
       clinic.display_name AS clinic_display_name,
       clinic.second_factor_required AND session.second_factor_at IS NULL AS second_factor_needed
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

-- name: GetSecondFactorSession
-- No row unless it proved a second factor.
SELECT session_id FROM sessions WHERE session_id = $1 AND second_factor_at IS NOT NULL

-- name: PruneSessions
DELETE FROM sessions WHERE session_id = ANY (ARRAY(
  SELECT session_id FROM sessions WHERE expires_at <= from_micros($1)
  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
