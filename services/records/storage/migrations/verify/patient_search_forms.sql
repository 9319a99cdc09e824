-- Verify records:patient_search_forms

SELECT 1 / (search_phones(ARRAY['+33 6 12 34 56 78']) @> ARRAY['0612', '612345678'])::int;
SELECT 1 / (count(*) = 0)::int FROM patients
WHERE given_name IS NOT NFC NORMALIZED AND char_length(normalize(given_name)) <= 200;
