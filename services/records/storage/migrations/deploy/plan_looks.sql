-- records:plan_looks
-- Why: an account holder is told what changed in a plan since the revision that this account has last seen, and never
-- sees another revision in the difference.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE plan_looks (
  account_id uuid NOT NULL,
  soap_chart_id uuid NOT NULL,
  revision bigint NOT NULL,
  looked_at timestamptz NOT NULL,
  CONSTRAINT plan_looks_pkey PRIMARY KEY (account_id, soap_chart_id),
  CONSTRAINT plan_looks_revision_fkey FOREIGN KEY (soap_chart_id, revision)
    REFERENCES plan_revisions (soap_chart_id, revision)
);

GRANT SELECT, INSERT, UPDATE (revision, looked_at) ON plan_looks TO :"app_role";

COMMIT;
