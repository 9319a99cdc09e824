SELECT account_id, closed_at FROM closed_accounts WHERE false;
SELECT 1 / (NOT account_is_closed('00000000-0000-0000-0000-000000000000'))::int;
SELECT 1 / (has_function_privilege(:'app_role', 'close_account(uuid, timestamptz)', 'EXECUTE')
            AND NOT has_table_privilege(:'app_role', 'closed_accounts', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'closed_accounts', 'DELETE'))::int;
