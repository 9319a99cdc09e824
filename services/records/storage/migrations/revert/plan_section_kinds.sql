BEGIN;

DROP TABLE plan_section_kinds;

COMMIT;
