-- records:plan_section_kinds
-- Why: which sections a plan may have is each clinic's own list. A clinic without rows has the starting
-- list; its rows are written with the clinic's first chart.
-- Expands. Locks: new table only.

BEGIN;

CREATE TABLE plan_section_kinds (
  clinic_id uuid NOT NULL,
  kind_id text NOT NULL
    CONSTRAINT plan_section_kinds_kind_id_check CHECK (kind_id ~ '^[a-z0-9_]{1,50}$'),
  title text NOT NULL
    CONSTRAINT plan_section_kinds_title_check CHECK (char_length(title) BETWEEN 1 AND 100),
  position int NOT NULL
    CONSTRAINT plan_section_kinds_position_check CHECK (position BETWEEN 1 AND 50),
  CONSTRAINT plan_section_kinds_pkey PRIMARY KEY (clinic_id, kind_id),
  CONSTRAINT plan_section_kinds_position_key UNIQUE (clinic_id, position)
);

GRANT SELECT, INSERT ON plan_section_kinds TO :"app_role";

COMMIT;
