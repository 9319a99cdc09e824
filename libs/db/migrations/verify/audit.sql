SELECT event_id, occurred_at, actor_kind, actor_id, session_id, calling_service, clinic_id, patient_id,
       resource_kind, resource_id, action, outcome, source_address, request_id, batch_no
FROM audit_events WHERE false;
SELECT batch_no, previous_hash, hash, event_count, first_event_id, last_event_id, sealed_at, key_id, signature
FROM audit_batches WHERE false;
-- Append-only for the app role.
SELECT 1 / (has_table_privilege(:'app_role', t, 'SELECT')
            AND has_table_privilege(:'app_role', t, 'INSERT')
            AND NOT has_table_privilege(:'app_role', t, 'UPDATE, DELETE, TRUNCATE'))::int
FROM unnest(ARRAY['audit_events', 'audit_batches']) AS t;
