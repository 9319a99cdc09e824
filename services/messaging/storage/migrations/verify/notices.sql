SELECT event_id, source_service, kind, created_at, accepted_at, try_until, failure, reply_code FROM notices WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'notices', 'SELECT')
            AND has_table_privilege(:'app_role', 'notices', 'INSERT')
            AND has_table_privilege(:'app_role', 'notices', 'DELETE')
            AND has_column_privilege(:'app_role', 'notices', 'failure', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'notices', 'source_service', 'UPDATE'))::int;
