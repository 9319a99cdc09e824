-- Verify records:plan_looks

SELECT account_id, soap_chart_id, revision, looked_at FROM plan_looks WHERE false;
