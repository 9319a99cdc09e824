-- records:plan_visibility_changes
-- Why: staff are told who kept a plan from holders, and since when. What was hidden before has no row; the audit trail
-- knows.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE plan_visibility_changes (
  clinic_id uuid NOT NULL,
  soap_chart_id uuid NOT NULL,
  -- The chart's version that the change brought.
  version bigint NOT NULL,
  hidden boolean NOT NULL,
  changed_by_account_id uuid NOT NULL,
  changed_by_display_name text NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT plan_visibility_changes_pkey PRIMARY KEY (soap_chart_id, version),
  CONSTRAINT plan_visibility_changes_chart_fkey FOREIGN KEY (clinic_id, soap_chart_id)
    REFERENCES soap_charts (clinic_id, soap_chart_id)
);

-- History: neither changed nor deleted.
GRANT SELECT, INSERT ON plan_visibility_changes TO :"app_role";

COMMIT;
