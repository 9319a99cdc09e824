-- Revert records:record_accesses

DROP INDEX audit_events_accesses;
