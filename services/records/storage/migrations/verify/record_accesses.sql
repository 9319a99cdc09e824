-- Verify records:record_accesses

SELECT 1 / indisvalid::int FROM pg_index WHERE indexrelid = 'audit_events_accesses'::regclass;
