-- Verify records:patient_search_estimate

SELECT 1 / (prorows = 2)::int FROM pg_proc WHERE oid = 'search_terms(text, text, text)'::regprocedure;
