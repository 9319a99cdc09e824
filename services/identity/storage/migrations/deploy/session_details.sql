-- identity:session_details
-- Why: people see which of their devices are signed in, and a clinic may ask for sessions that proved a second factor.
-- Expands. Locks: sessions, briefly: constant defaults, no rewrite.

BEGIN;

ALTER TABLE sessions
  -- Browser and system as the client told them, "Firefox on Android"; empty if it told nothing.
  ADD COLUMN device text NOT NULL DEFAULT ''
    CONSTRAINT sessions_device_check CHECK (length(device) <= 100),
  -- When the session proved a second factor; null if it did not, or if the account has none any more.
  ADD COLUMN second_factor_at timestamptz;

GRANT UPDATE (second_factor_at) ON sessions TO :"app_role";

COMMIT;
