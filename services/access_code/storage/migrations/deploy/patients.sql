-- access_code:patients
-- Why: codes are issued for patients that exist at the clinic, and an account's list names them. A copy of
-- what records owns and tells through its outbox; the version decides which of two deliveries is newer.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE patients (
  patient_id uuid CONSTRAINT patients_pkey PRIMARY KEY,
  clinic_id uuid NOT NULL,
  display_name text NOT NULL
    CONSTRAINT patients_display_name_check CHECK (octet_length(display_name) BETWEEN 1 AND 400),
  version bigint NOT NULL CONSTRAINT patients_version_check CHECK (version >= 1),
  -- Codes and grants refer to both: neither can be made for a patient of another clinic.
  CONSTRAINT patients_clinic_key UNIQUE (patient_id, clinic_id)
);

-- A patient's clinic never changes: no privilege to.
GRANT SELECT, INSERT, UPDATE (display_name, version) ON patients TO :"app_role";

COMMIT;
