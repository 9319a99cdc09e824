-- Verify records:patient_name_words

SELECT clinic_id, term FROM patient_name_words WHERE false;
SELECT 1 / count(*) FROM pg_trigger WHERE tgname = 'patient_search_terms_name_words';
SELECT 1 / (NOT has_table_privilege(:'app_role', 'patient_name_words', 'INSERT'))::int;
