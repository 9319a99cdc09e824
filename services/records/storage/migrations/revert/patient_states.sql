-- Revert records:patient_states

BEGIN;

REVOKE UPDATE (given_name, family_name, birth_date, gender, email, phones, address_lines, address_city, address_region,
               address_postal_code, address_country_code, health_card_number, emergency_contact_name,
               emergency_contact_relationship, emergency_contact_phone, staff_notes, version, updated_at)
  ON patients FROM :"app_role";
ALTER TABLE patients
  DROP COLUMN sex_at_birth, DROP COLUMN gender_identity, DROP COLUMN deceased_date, DROP COLUMN state;

COMMIT;
