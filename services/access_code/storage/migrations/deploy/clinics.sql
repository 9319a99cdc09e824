-- access_code:clinics
-- Why: what a clinic has settled about codes and grants. Every clinic with a patient has a row, so that a redemption can
-- lock out a change of the age that it computes with.
-- Expands. Locks: patients, while the clinics there are get their rows.

BEGIN;

CREATE TABLE clinics (
  clinic_id uuid CONSTRAINT clinics_pkey PRIMARY KEY,
  validity_days int NOT NULL DEFAULT 5 CONSTRAINT clinics_validity_days_check CHECK (validity_days BETWEEN 1 AND 30),
  birth_date_required bool NOT NULL DEFAULT false,
  coming_of_age_years int NOT NULL DEFAULT 18
    CONSTRAINT clinics_coming_of_age_years_check CHECK (coming_of_age_years BETWEEN 12 AND 25),
  -- The etag.
  version bigint NOT NULL DEFAULT 1
);

-- By a trigger, because whoever adds patients, the program before this change too, knows nothing of settings.
CREATE FUNCTION settle_clinic() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  INSERT INTO clinics (clinic_id) VALUES (NEW.clinic_id) ON CONFLICT DO NOTHING;
  RETURN NEW;
END
$$;

CREATE TRIGGER patients_clinic BEFORE INSERT ON patients FOR EACH ROW EXECUTE FUNCTION settle_clinic();

INSERT INTO clinics (clinic_id) SELECT DISTINCT clinic_id FROM patients;

GRANT SELECT, INSERT, UPDATE (validity_days, birth_date_required, coming_of_age_years, version)
  ON clinics TO :"app_role";

COMMIT;
