SELECT grant_id, access_code_id, clinic_id, patient_id, account_id, created_at, revoked_at, revoker_account_id
FROM grants WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'grants', 'SELECT')
            AND has_table_privilege(:'app_role', 'grants', 'INSERT')
            AND has_column_privilege(:'app_role', 'grants', 'revoked_at', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'grants', 'account_id', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'grants', 'DELETE'))::int;
