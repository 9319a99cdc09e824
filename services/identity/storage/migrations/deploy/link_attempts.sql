-- identity:link_attempts
-- Why: a link makes an account only together with the password of its sign-up, so that nobody is led to confirm what a
-- stranger signed up for. The passwords tried with a link are counted in its own row, by the statement that hands out
-- the hash: no attempt is looked at uncounted.
-- Expands. Locks: sign_ups, while its rows, those of about a week, are read once for the check. A program from before
-- neither counts nor resets; its links start with the attempts of the ones they replace.

BEGIN;

ALTER TABLE sign_ups
  ADD COLUMN link_attempts smallint NOT NULL DEFAULT 0
    CONSTRAINT sign_ups_link_attempts_check CHECK (link_attempts >= 0);

GRANT UPDATE (link_attempts) ON sign_ups TO :"app_role";

COMMIT;
