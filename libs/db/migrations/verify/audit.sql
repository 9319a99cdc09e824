SELECT event_id, occurred_at, actor_kind, actor_id, session_id, calling_service, clinic_id, patient_id,
       resource_kind, resource_id, action, outcome, source_address, request_id, batch_no
FROM audit_events WHERE false;
SELECT batch_no, previous_hash, hash, event_count, sealed_at, key_id, signature
FROM audit_batches WHERE false;
-- Append-only for the app role.
SELECT 1 / (has_table_privilege(:'app_role', t, 'SELECT')
            AND has_any_column_privilege(:'app_role', t, 'INSERT')
            AND NOT has_table_privilege(:'app_role', t, 'UPDATE, DELETE, TRUNCATE'))::int
FROM unnest(ARRAY['audit_events', 'audit_batches']) AS t;
SELECT 1 / (has_column_privilege(:'app_role', 'audit_events', 'batch_no', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'audit_events', 'batch_no', 'INSERT'))::int;
