-- records:patient_search_forms
-- Why: a number is also begun with the zero that dials it inside of its country, 061…, which its terms did not have; and
-- names are kept in Unicode's composed form from now on, those from before too.
-- Expands. Locks: the records that change, 100 at a time for some 50 ms: whoever writes a chart waits for its patient at
-- most a second. Records whose terms and names stay as they are, are only read. After an interruption it may run again.
--
-- A name that a program from before this change writes uncomposed, later, stays so until its record changes: it is found
-- either way.

BEGIN;

-- Where somebody may begin to say a phone number: with the country, without it (national numbers have 9 or 10 digits),
-- without the area (7 or 8), or with its last four digits. Of a beginning with a dialled zero four digits are enough:
-- longer searches leave the zero out.
CREATE OR REPLACE FUNCTION search_phones(phones text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
  SELECT DISTINCT term
  FROM unnest(phones) AS phone,
       LATERAL (SELECT ltrim(regexp_replace(regexp_replace(phone, '[xX].*', ''), '[^0-9]', '', 'g'), '0')) AS d (digits),
       LATERAL (SELECT right(digits, length) FROM unnest(ARRAY[40, 10, 9, 8, 7, 4]) AS length
                UNION ALL
                SELECT '0' || left(right(digits, length), 3) FROM unnest(ARRAY[10, 9]) AS length
                WHERE length(digits) >= length) AS terms (term)
  WHERE digits <> '');

COMMIT;

DO $$
DECLARE
  batch uuid[];
BEGIN
  LOOP
    batch := ARRAY(SELECT patient_id FROM patients
                   WHERE batch IS NULL OR patient_id > batch[cardinality(batch)]
                   ORDER BY patient_id LIMIT 100);
    EXIT WHEN cardinality(batch) = 0;
    -- The trigger writes the terms anew. A name that would outgrow its column stays as it is.
    UPDATE patients
    SET given_name = CASE WHEN char_length(normalize(given_name)) <= 200 THEN normalize(given_name) ELSE given_name END,
        family_name = CASE WHEN char_length(normalize(family_name)) <= 200 THEN normalize(family_name) ELSE family_name END
    WHERE patient_id = ANY (batch)
      AND (given_name IS NOT NFC NORMALIZED AND char_length(normalize(given_name)) <= 200
           OR family_name IS NOT NFC NORMALIZED AND char_length(normalize(family_name)) <= 200
           OR merged_into_patient_id IS NULL AND EXISTS (
             SELECT FROM unnest(search_phones(phones)) AS number
             WHERE NOT EXISTS (SELECT FROM patient_search_terms AS known
                               WHERE known.patient_id = patients.patient_id AND kind = 'phone' AND term = number)));
    COMMIT;
  END LOOP;
END
$$;
