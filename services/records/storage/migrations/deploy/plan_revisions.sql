-- records:plan_revisions
-- Why: every change of a treatment plan leaves a revision, so that the patient can see what changed and
-- the clinic can show what the patient was told when. Nothing reads them yet.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE plan_revisions (
  clinic_id uuid NOT NULL,
  soap_chart_id uuid NOT NULL,
  -- The chart's version that brought it: rises, with gaps.
  revision bigint NOT NULL,
  -- What the plan shows from then on; no sections: no plan.
  encounter_date date NOT NULL,
  signed boolean NOT NULL,
  -- [{"kind_id": …, "text": …}, …] in the clinic's order at that time.
  sections jsonb NOT NULL CONSTRAINT plan_revisions_sections_check CHECK (jsonb_typeof(sections) = 'array'),
  changed_by_account_id uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT plan_revisions_pkey PRIMARY KEY (soap_chart_id, revision),
  CONSTRAINT plan_revisions_chart_fkey FOREIGN KEY (clinic_id, soap_chart_id)
    REFERENCES soap_charts (clinic_id, soap_chart_id)
);

-- History: neither changed nor deleted.
GRANT SELECT, INSERT ON plan_revisions TO :"app_role";

COMMIT;
