-- records:record_accesses
-- Why: account holders are shown who saw a record, or changed it, and anybody may cause refusals about it, which are not
-- shown: without an index of its own the list would read all of them to find nothing.
-- Expands. Locks: none to speak of; the index is built beside reads and writes.

-- What an interrupted run left behind is not valid.
DROP INDEX IF EXISTS audit_events_accesses;
CREATE INDEX CONCURRENTLY audit_events_accesses ON audit_events (patient_id, occurred_at)
  WHERE patient_id IS NOT NULL AND outcome IN ('OK', 'REPEATED') AND actor_kind IN ('account', 'staff', 'service_account');
