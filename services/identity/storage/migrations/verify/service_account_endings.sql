SELECT 1 / (count(*) = 2 AND bool_and(tgdeferrable) AND bool_and(tginitdeferred))::int
FROM pg_trigger WHERE tgname IN ('service_account_sessions_ended', 'service_account_sessions_deleted');
