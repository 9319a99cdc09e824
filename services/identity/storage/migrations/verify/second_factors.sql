SELECT account_id, sealed_secret, confirmed_at, last_step, removal_at, removal_token_hash, removal_code,
       removal_code_tries, removal_code_expires_at
FROM second_factors WHERE false;
SELECT account_id, code_hash FROM recovery_codes WHERE false;
SELECT token_hash, account_id, device, device_id, expires_at FROM second_factor_challenges WHERE false;
-- A factor, code or challenge is never given to another account.
SELECT 1 / (has_table_privilege(:'app_role', 'second_factors', 'DELETE')
            AND has_table_privilege(:'app_role', 'recovery_codes', 'DELETE')
            AND has_table_privilege(:'app_role', 'second_factor_challenges', 'DELETE')
            AND NOT has_column_privilege(:'app_role', 'second_factors', 'account_id', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'recovery_codes', 'account_id', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'second_factor_challenges', 'account_id', 'UPDATE'))::int;
