SELECT 1 / (has_schema_privilege(:'app_role', 'sqitch', 'USAGE')
            AND has_table_privilege(:'app_role', 'sqitch.changes', 'SELECT'))::int;
