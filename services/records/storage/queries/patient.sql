-- Days cross the wire as their number since 1970-01-01.

-- name: InsertPatient
INSERT INTO patients (patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones, address_lines,
                      address_city, address_region, address_postal_code, address_country_code, health_card_number,
                      emergency_contact_name, emergency_contact_relationship, emergency_contact_phone, staff_notes,
                      version, created_at, updated_at)
VALUES ($1, $2, $3, $4, date '1970-01-01' + $5::int, $6, $7, $8::text[], $9::text[], $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, from_micros($20), from_micros($21))

-- name: GetPatient
SELECT patient_id, clinic_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, gender, email,
       phones, address_lines, address_city, address_region, address_postal_code, address_country_code,
       health_card_number, emergency_contact_name, emergency_contact_relationship, emergency_contact_phone,
       staff_notes, version, micros(created_at) AS created_us, micros(updated_at) AS updated_us
FROM patients WHERE clinic_id = $1 AND patient_id = $2

-- name: ListPatients
-- After the position ($2, $3, $4); the columns' collation decides both condition and order.
SELECT patient_id, clinic_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, gender, email,
       phones, address_lines, address_city, address_region, address_postal_code, address_country_code,
       health_card_number, emergency_contact_name, emergency_contact_relationship, emergency_contact_phone,
       staff_notes, version, micros(created_at) AS created_us, micros(updated_at) AS updated_us
FROM patients
WHERE clinic_id = $1 AND (family_name, given_name, patient_id) > ($2, $3, $4)
ORDER BY family_name, given_name, patient_id LIMIT $5

-- name: GetPatientProfile
-- For account holders: nothing that is for staff only. The caller's grant is asked for once it has run.
SELECT clinic_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, gender, email, phones,
       address_lines, address_city, address_region, address_postal_code, address_country_code, health_card_number,
       emergency_contact_name, emergency_contact_relationship, emergency_contact_phone
FROM patients WHERE patient_id = $1

-- name: FindPatient
SELECT true AS found FROM patients WHERE patient_id = $1

-- name: FindPatientAtClinic
SELECT true AS found FROM patients WHERE clinic_id = $1 AND patient_id = $2
