-- identity:clinics
-- Why: clinics, and who is on their staff. An invitation is the membership it offers: one row from the
-- invitation to the end, with at most one live link.
-- Expands. Locks: new tables only.

BEGIN;

CREATE TABLE clinics (
  clinic_id uuid CONSTRAINT clinics_pkey PRIMARY KEY,
  slug text NOT NULL
    CONSTRAINT clinics_slug_key UNIQUE
    CONSTRAINT clinics_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) BETWEEN 3 AND 40),
  display_name text NOT NULL
    CONSTRAINT clinics_display_name_check CHECK (length(display_name) BETWEEN 1 AND 200),
  -- IANA name.
  time_zone text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE staff_members (
  staff_member_id uuid CONSTRAINT staff_members_pkey PRIMARY KEY,
  clinic_id uuid NOT NULL
    CONSTRAINT staff_members_clinic_id_fkey REFERENCES clinics,
  -- Null while invited.
  account_id uuid
    CONSTRAINT staff_members_account_id_fkey REFERENCES accounts,
  -- Where the invitation went.
  email text NOT NULL
    CONSTRAINT staff_members_email_check CHECK (octet_length(email) <= 254),
  normalized_email text NOT NULL
    CONSTRAINT staff_members_normalized_email_check CHECK (normalized_email = lower(email)),
  -- Empty while invited.
  display_name text NOT NULL DEFAULT ''
    CONSTRAINT staff_members_display_name_check CHECK (length(display_name) <= 200),
  -- A sum of 2 (owner), 4 (practitioner) and 8 (front desk).
  roles smallint NOT NULL
    CONSTRAINT staff_members_roles_check CHECK (roles BETWEEN 2 AND 14 AND roles % 2 = 0),
  -- When the person was invited, the last time.
  created_at timestamptz NOT NULL,
  -- SHA-256 of the token of the invitation's link; null once accepted.
  invitation_token_hash bytea
    CONSTRAINT staff_members_invitation_token_hash_key UNIQUE,
  invitation_expires_at timestamptz,
  suspended_at timestamptz,
  CONSTRAINT staff_members_clinic_email_key UNIQUE (clinic_id, normalized_email),
  CONSTRAINT staff_members_account_clinic_key UNIQUE (account_id, clinic_id),
  -- Either invited, with a link, or a member, with an account and a name.
  CONSTRAINT staff_members_state_check CHECK (
    (account_id IS NULL) = (invitation_token_hash IS NOT NULL)
    AND (account_id IS NULL) = (invitation_expires_at IS NOT NULL)
    AND (account_id IS NULL) = (display_name = '')
  )
);

CREATE INDEX staff_members_clinic ON staff_members (clinic_id, staff_member_id);

GRANT SELECT, INSERT ON clinics TO :"app_role";
GRANT SELECT, INSERT ON staff_members TO :"app_role";
GRANT UPDATE (account_id, email, display_name, roles, created_at, invitation_token_hash, invitation_expires_at)
  ON staff_members TO :"app_role";

COMMIT;
