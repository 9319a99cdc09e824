-- Verify records:patient_search_forms
-- The function; of what the records say nothing is asserted, for a program from before may still write names as it did.

SELECT 1 / (search_phones(ARRAY['+33 6 12 34 56 78']) @> ARRAY['0612', '612345678'])::int;
