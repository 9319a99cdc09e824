-- name: InsertClinic
-- Messaging is told in the same transaction, here and in UpdateClinic.
INSERT INTO clinics (clinic_id, slug, display_name, time_zone, created_at, notice_email, language,
                     second_factor_required, told_version)
VALUES ($1, $2, $3, $4, from_micros($5), $6, $7, $8, 1)

-- name: GetClinic
SELECT clinic_id, slug, display_name, time_zone, micros(created_at) AS created_us, notice_email, language,
       second_factor_required, version
FROM clinics WHERE clinic_id = $1

-- name: LockClinic
-- Changes of a clinic and of its staff queue up here, so that each sees the ones before it. New members refer to the row
-- and are not held up.
SELECT clinic_id, slug, display_name, time_zone, micros(created_at) AS created_us, notice_email, language,
       second_factor_required, version
FROM clinics WHERE clinic_id = $1
FOR NO KEY UPDATE

-- name: UpdateClinic
UPDATE clinics
SET display_name = $2, time_zone = $3, notice_email = $4, language = $5, second_factor_required = $6, version = $7,
    told_version = $7
WHERE clinic_id = $1
