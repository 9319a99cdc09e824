-- name: InsertClinic
INSERT INTO clinics (clinic_id, slug, display_name, time_zone, created_at)
VALUES ($1, $2, $3, $4, from_micros($5))

-- name: GetClinic
SELECT clinic_id, slug, display_name, time_zone, micros(created_at) AS created_us FROM clinics WHERE clinic_id = $1
