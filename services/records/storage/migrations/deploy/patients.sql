-- records:patients
-- Why: the official patient record, one row per patient of a clinic.
-- Expands. Locks: new table only.
--
-- Names sort as people expect (accents beside their letter), so their columns have ICU's root collation,
-- and comparisons and the index have it with them. After an upgrade of ICU:
-- REINDEX INDEX CONCURRENTLY patients_name; ALTER COLLATION "und-x-icu" REFRESH VERSION.

BEGIN;

CREATE TABLE patients (
  patient_id uuid CONSTRAINT patients_pkey PRIMARY KEY,
  clinic_id uuid NOT NULL,
  given_name text COLLATE "und-x-icu" NOT NULL
    CONSTRAINT patients_given_name_check CHECK (char_length(given_name) BETWEEN 1 AND 200),
  family_name text COLLATE "und-x-icu" NOT NULL
    CONSTRAINT patients_family_name_check CHECK (char_length(family_name) BETWEEN 1 AND 200),
  birth_date date NOT NULL
    CONSTRAINT patients_birth_date_check CHECK (birth_date BETWEEN '1850-01-01' AND '9999-12-31'),
  gender text NOT NULL
    CONSTRAINT patients_gender_check CHECK (gender IN ('unspecified', 'male', 'female', 'other', 'unknown')),
  email text NOT NULL CONSTRAINT patients_email_check CHECK (octet_length(email) <= 254),
  phones text[] NOT NULL CONSTRAINT patients_phones_check CHECK (cardinality(phones) <= 5),
  -- Of the address and the emergency contact, every part may be empty.
  address_lines text[] NOT NULL CONSTRAINT patients_address_lines_check CHECK (cardinality(address_lines) <= 5),
  address_city text NOT NULL,
  address_region text NOT NULL,
  address_postal_code text NOT NULL,
  address_country_code text NOT NULL
    CONSTRAINT patients_address_country_code_check CHECK (address_country_code ~ '^([A-Z]{2})?$'),
  health_card_number text NOT NULL
    CONSTRAINT patients_health_card_number_check CHECK (char_length(health_card_number) <= 40),
  emergency_contact_name text NOT NULL,
  emergency_contact_relationship text NOT NULL,
  emergency_contact_phone text NOT NULL,
  -- Never leaves through an account's RPC.
  staff_notes text NOT NULL CONSTRAINT patients_staff_notes_check CHECK (char_length(staff_notes) <= 10000),
  -- The etag; rises with each change.
  version bigint NOT NULL CONSTRAINT patients_version_check CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- For foreign keys that carry the clinic.
  CONSTRAINT patients_clinic_key UNIQUE (clinic_id, patient_id)
);

CREATE INDEX patients_name ON patients (clinic_id, family_name, given_name, patient_id);

GRANT SELECT, INSERT ON patients TO :"app_role";

COMMIT;
