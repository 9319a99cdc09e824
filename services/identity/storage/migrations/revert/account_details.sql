-- Fails while there is a closed account or one without a password: those have no place in the former schema.
BEGIN;

REVOKE UPDATE (email, normalized_email) ON accounts FROM :"app_role";

ALTER TABLE sign_ups
  DROP COLUMN terms_version,
  DROP COLUMN language;

ALTER TABLE accounts
  DROP CONSTRAINT accounts_closed_check,
  DROP COLUMN closed_at,
  DROP COLUMN terms_accepted_at,
  DROP COLUMN terms_version,
  DROP COLUMN version,
  DROP COLUMN language,
  ALTER COLUMN password_hash SET NOT NULL,
  ALTER COLUMN normalized_email SET NOT NULL,
  ALTER COLUMN email SET NOT NULL;

COMMIT;
