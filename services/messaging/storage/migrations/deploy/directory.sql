-- messaging:directory
-- Why: notices name accounts and clinics; where their mail goes, identity owns and tells through its outbox. The
-- version decides which of two deliveries is newer.
-- Expands. Locks: new tables only.

BEGIN;

CREATE TABLE accounts (
  account_id uuid CONSTRAINT accounts_pkey PRIMARY KEY,
  -- NULL: the account is closed.
  email text CONSTRAINT accounts_email_check CHECK (octet_length(email) BETWEEN 1 AND 254),
  language text NOT NULL CONSTRAINT accounts_language_check CHECK (language IN ('en', 'fr')),
  version bigint NOT NULL CONSTRAINT accounts_version_check CHECK (version >= 1)
);

CREATE TABLE clinics (
  clinic_id uuid CONSTRAINT clinics_pkey PRIMARY KEY,
  display_name text NOT NULL
    CONSTRAINT clinics_display_name_check CHECK (char_length(display_name) BETWEEN 1 AND 200),
  -- NULL: the clinic reads no notices.
  notice_email text CONSTRAINT clinics_notice_email_check CHECK (octet_length(notice_email) BETWEEN 1 AND 254),
  language text NOT NULL CONSTRAINT clinics_language_check CHECK (language IN ('en', 'fr')),
  version bigint NOT NULL CONSTRAINT clinics_version_check CHECK (version >= 1)
);

GRANT SELECT, INSERT, UPDATE (email, language, version) ON accounts TO :"app_role";
GRANT SELECT, INSERT, UPDATE (display_name, notice_email, language, version) ON clinics TO :"app_role";

COMMIT;
