SELECT 1 / (count(*) = 2)::int FROM pg_trigger WHERE tgname IN ('sessions_account_open', 'staff_members_account_open');
SELECT 1 / has_table_privilege(:'app_role', 'staff_members', 'DELETE')::int;
