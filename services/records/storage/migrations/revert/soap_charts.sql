BEGIN;

DROP VIEW treatment_plans;
DROP TABLE plan_sections;
DROP TABLE soap_charts;
DROP FUNCTION refuse_locked_plan();
DROP FUNCTION refuse_locked_chart();

COMMIT;
