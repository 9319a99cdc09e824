SELECT device_id, account_id, token_hash, created_at, last_seen_at FROM known_devices WHERE false;
SELECT device_id FROM sessions WHERE false;
SELECT first_signed_in_at FROM accounts WHERE false;
-- A device is never given to another account.
SELECT 1 / (has_table_privilege(:'app_role', 'known_devices', 'SELECT')
            AND has_table_privilege(:'app_role', 'known_devices', 'DELETE')
            AND NOT has_column_privilege(:'app_role', 'known_devices', 'account_id', 'UPDATE'))::int;
