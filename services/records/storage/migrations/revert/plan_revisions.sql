BEGIN;

DROP TABLE plan_revisions;

COMMIT;
