SELECT caller, method, request_id, mac_key_id, request_mac, response, created_at, expires_at
FROM idempotency_keys WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'idempotency_keys', 'SELECT')
            AND has_table_privilege(:'app_role', 'idempotency_keys', 'INSERT')
            AND has_table_privilege(:'app_role', 'idempotency_keys', 'DELETE'))::int;
