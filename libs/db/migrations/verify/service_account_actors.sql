SELECT 1 / count(*) FROM pg_constraint
WHERE conname = 'audit_events_actor_kind_check' AND conrelid = 'audit_events'::regclass AND convalidated
  AND pg_get_constraintdef(oid) LIKE '%service_account%';
