-- Revert records:patient_search_forms
-- Composed names stay: they are the same names. So do terms with a zero, until their record changes: they are found, no
-- more.

BEGIN;

CREATE OR REPLACE FUNCTION search_phones(phones text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
  SELECT DISTINCT right(digits, length)
  FROM unnest(phones) AS phone,
       LATERAL (SELECT ltrim(regexp_replace(regexp_replace(phone, '[xX].*', ''), '[^0-9]', '', 'g'), '0')) AS d (digits),
       unnest(ARRAY[40, 10, 9, 8, 7, 4]) AS length
  WHERE digits <> '');

COMMIT;
