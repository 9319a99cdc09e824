-- records:patient_states
-- Why: records can be changed; a patient may be inactive or deceased, and sex at birth and gender identity have
-- their own places.
-- Expands. Locks: patients, briefly: columns with constant defaults rewrite nothing, and the new checks hold for them.

BEGIN;

ALTER TABLE patients
  ADD COLUMN sex_at_birth text NOT NULL DEFAULT 'unspecified'
    CONSTRAINT patients_sex_at_birth_check
    CHECK (sex_at_birth IN ('unspecified', 'male', 'female', 'intersex', 'unknown')),
  ADD COLUMN gender_identity text NOT NULL DEFAULT ''
    CONSTRAINT patients_gender_identity_check CHECK (char_length(gender_identity) <= 100),
  ADD COLUMN state text NOT NULL DEFAULT 'active'
    CONSTRAINT patients_state_check CHECK (state IN ('active', 'inactive', 'deceased')),
  ADD COLUMN deceased_date date
    CONSTRAINT patients_deceased_date_check CHECK (deceased_date IS NULL OR (deceased_date >= birth_date AND state = 'deceased'));

-- Neither whose record it is nor when it was made.
GRANT UPDATE (given_name, family_name, birth_date, gender, sex_at_birth, gender_identity, email, phones, address_lines,
              address_city, address_region, address_postal_code, address_country_code, health_card_number,
              emergency_contact_name, emergency_contact_relationship, emergency_contact_phone, staff_notes, state,
              deceased_date, version, updated_at)
  ON patients TO :"app_role";

COMMIT;
