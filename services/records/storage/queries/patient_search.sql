-- A search's terms ($2 names, $3 phone, $4 e-mail) are all looked up in patient_search_terms; a term and chr(1114111),
-- Unicode's last character, are the ends of the range of what begins with it. One term drives, found on its index; each
-- other one is looked up for each patient found. Days cross the wire as their number since 1970-01-01.

-- name: SearchPatients
-- What fits by the letter. The rarest term drives, as far as a thousand rows tell, so that a common one beside it costs
-- nothing; of several words of one patient that fit, the first counts.
WITH wanted AS MATERIALIZED (
  SELECT kind, term FROM search_terms($2, $3, $4)
), driver AS MATERIALIZED (
  SELECT wanted.kind, wanted.term
  FROM wanted CROSS JOIN LATERAL (
    SELECT count(*) AS at_least
    FROM (SELECT FROM patient_search_terms AS hit
          WHERE hit.clinic_id = $1 AND hit.kind = wanted.kind
            AND hit.term >= wanted.term AND hit.term < wanted.term || chr(1114111) LIMIT 1000) AS hits
  ) AS counted
  ORDER BY counted.at_least, length(wanted.term) DESC, wanted.term LIMIT 1
), hits AS MATERIALIZED (
  SELECT hit.patient_id
  FROM patient_search_terms AS hit
  WHERE hit.clinic_id = $1 AND hit.kind = (SELECT kind FROM driver)
    AND hit.term >= (SELECT term FROM driver) AND hit.term < (SELECT term || chr(1114111) FROM driver)
    AND NOT EXISTS (
      SELECT FROM patient_search_terms AS earlier
      WHERE earlier.patient_id = hit.patient_id AND earlier.kind = hit.kind
        AND earlier.term >= (SELECT term FROM driver) AND earlier.term < hit.term)
    AND NOT EXISTS (
      SELECT FROM wanted
      WHERE NOT EXISTS (
        SELECT FROM patient_search_terms AS other
        WHERE other.patient_id = hit.patient_id AND other.kind = wanted.kind
          AND other.term >= wanted.term AND other.term < wanted.term || chr(1114111)))
  ORDER BY hit.term, hit.patient_id LIMIT $5
)
SELECT patient_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, email, phones, state
FROM hits JOIN patients USING (patient_id)
ORDER BY family_name, given_name, patient_id

-- name: SearchPatientsBySimilarName
-- The longest name drives, by its trigrams; each other name has to be similar or a beginning, the rest to fit.
WITH wanted AS MATERIALIZED (
  SELECT kind, term FROM search_terms($2, $3, $4)
), driver AS MATERIALIZED (
  SELECT term FROM wanted WHERE kind = 'name' ORDER BY length(term) DESC, term LIMIT 1
), hits AS MATERIALIZED (
  SELECT hit.patient_id, max(similarity(hit.term, (SELECT term FROM driver))) AS score
  FROM patient_search_terms AS hit
  WHERE hit.clinic_id = $1 AND hit.kind = 'name' AND hit.term % (SELECT term FROM driver)
    AND NOT EXISTS (
      SELECT FROM wanted
      WHERE NOT EXISTS (
        SELECT FROM patient_search_terms AS other
        WHERE other.patient_id = hit.patient_id AND other.kind = wanted.kind
          AND (starts_with(other.term, wanted.term) OR (wanted.kind = 'name' AND other.term % wanted.term))))
  GROUP BY hit.patient_id ORDER BY score DESC, hit.patient_id LIMIT $5
)
SELECT patient_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, email, phones, state
FROM hits JOIN patients USING (patient_id)
ORDER BY score DESC, family_name, given_name, patient_id

-- name: SearchPatientsByBirthDate
-- Of the few who were born on one of the days $5, those whom the other terms fit; names may be similar.
SELECT patient_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, email, phones, state
FROM patients
WHERE clinic_id = $1
  AND birth_date IN (SELECT date '1970-01-01' + day FROM unnest($5::int[]) AS day)
  AND NOT EXISTS (
    SELECT FROM search_terms($2, $3, $4) AS wanted
    WHERE NOT EXISTS (
      SELECT FROM patient_search_terms AS other
      WHERE other.patient_id = patients.patient_id AND other.kind = wanted.kind
        AND (starts_with(other.term, wanted.term) OR (wanted.kind = 'name' AND other.term % wanted.term))))
ORDER BY family_name, given_name, patient_id LIMIT $6
