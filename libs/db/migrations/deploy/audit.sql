-- foundation:audit
-- Why: every change and every read of patient data leaves a row, committed before its answer leaves.
-- Rows are append-only for the app role. A sealer chains what was committed into batches, so that an
-- edit, a deletion or a truncation by anyone else shows.
-- Expands. Locks: new tables only.

BEGIN;

CREATE TABLE audit_batches (
  batch_no bigint CONSTRAINT audit_batches_pkey PRIMARY KEY,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  event_count int NOT NULL CONSTRAINT audit_batches_event_count_check CHECK (event_count > 0),
  sealed_at timestamptz NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL
);

CREATE TABLE audit_events (
  event_id uuid CONSTRAINT audit_events_pkey PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  actor_kind text NOT NULL
    CONSTRAINT audit_events_actor_kind_check
    CHECK (actor_kind IN ('nobody', 'account', 'staff', 'service', 'operator')),
  actor_id uuid,
  session_id uuid,
  -- The service that made the call, on the actor's behalf.
  calling_service text NOT NULL,
  clinic_id uuid,
  patient_id uuid,
  -- Texts are empty where they do not apply.
  resource_kind text NOT NULL,
  resource_id text NOT NULL,
  action text NOT NULL,
  outcome text NOT NULL,
  source_address text NOT NULL,
  request_id text NOT NULL,
  -- NULL until sealed. No foreign key: it would cost a look-up per event, and the verify command finds
  -- events without a batch.
  batch_no bigint
);

CREATE INDEX audit_events_unsealed ON audit_events (event_id) WHERE batch_no IS NULL;
CREATE INDEX audit_events_batch_no ON audit_events (batch_no, event_id) WHERE batch_no IS NOT NULL;
CREATE INDEX audit_events_patient ON audit_events (patient_id, event_id) WHERE patient_id IS NOT NULL;

-- UPDATE is granted on batch_no alone; this keeps a sealed row in its batch.
CREATE FUNCTION refuse_resealing() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  RAISE EXCEPTION 'sealed audit events do not change'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_events_sealed_once';
END
$$;

CREATE TRIGGER audit_events_sealed_once BEFORE UPDATE ON audit_events
  FOR EACH ROW WHEN (OLD.batch_no IS NOT NULL) EXECUTE FUNCTION refuse_resealing();

GRANT SELECT ON audit_events TO :"app_role";
-- Not batch_no: nothing is added to a sealed batch.
GRANT INSERT (event_id, occurred_at, actor_kind, actor_id, session_id, calling_service, clinic_id, patient_id,
              resource_kind, resource_id, action, outcome, source_address, request_id)
  ON audit_events TO :"app_role";
GRANT UPDATE (batch_no) ON audit_events TO :"app_role";
GRANT SELECT, INSERT ON audit_batches TO :"app_role";

COMMIT;
