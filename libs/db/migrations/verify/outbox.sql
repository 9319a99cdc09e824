SELECT event_id, topic, payload, created_at, available_at, attempts, last_error_code, dead_at
FROM outbox_events WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'outbox_events', 'SELECT')
            AND has_table_privilege(:'app_role', 'outbox_events', 'INSERT')
            AND has_table_privilege(:'app_role', 'outbox_events', 'DELETE'))::int;
