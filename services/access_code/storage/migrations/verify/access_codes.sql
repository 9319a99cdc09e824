SELECT access_code_id, clinic_id, patient_id, pepper_id, digest, issuer_account_id, created_at, expires_at,
       redeemed_at, redeemer_account_id, cancelled_at, canceller_account_id
FROM access_codes WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'access_codes', 'SELECT')
            AND has_table_privilege(:'app_role', 'access_codes', 'INSERT')
            AND has_column_privilege(:'app_role', 'access_codes', 'redeemed_at', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'access_codes', 'expires_at', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'access_codes', 'DELETE'))::int;
