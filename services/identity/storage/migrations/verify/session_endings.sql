SELECT ending_id, session_id, account_id, clinic_id, roles, recorded_at FROM session_endings WHERE false;
SELECT 1 / (count(*) = 4 AND bool_and(tgdeferrable) AND bool_and(tginitdeferred))::int
FROM pg_trigger WHERE tgname IN ('sessions_ended', 'sessions_deleted', 'staff_members_changed', 'staff_members_deleted');
SELECT 1 / (has_table_privilege(:'app_role', 'session_endings', 'SELECT')
            AND NOT has_table_privilege(:'app_role', 'session_endings', 'INSERT'))::int;
