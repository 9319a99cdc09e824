-- Verify records:patient_search

SELECT patient_id, kind, term, clinic_id FROM patient_search_terms WHERE false;
SELECT 1 / (search_words('Ørsted-Œuf O’Neill') = ARRAY['oeuf', 'oneill', 'orsted'])::int;
SELECT 1 / (NOT has_table_privilege(:'app_role', 'patient_search_terms', 'INSERT'))::int;
