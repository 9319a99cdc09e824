-- A search's terms ($2 names, $3 phone, $4 e-mail) are all looked up in patient_search_terms; a term and chr(1114111),
-- Unicode's last character, are the ends of the range of what begins with it. One term drives, found on its index; each
-- other one is looked up for each patient found. Days cross the wire as their number since 1970-01-01.

-- name: SearchPatients
-- What fits by the letter. The rarest term drives, as far as five thousand rows tell, so that a common one beside it costs
-- nothing. Who has the next rarest is read at once if it is no commoner than that: it takes less than asking for each
-- patient found, and of two commoner ones so many fit that the first few of them fill the page. Of several words of one
-- patient that fit, the first counts. CASE asks that last, of the few whom all else fits.
WITH typed AS MATERIALIZED (
  SELECT kind, term, count(*) OVER () AS terms FROM search_terms($2, $3, $4)
), wanted AS MATERIALIZED (
  SELECT kind, term, at_least, row_number() OVER (ORDER BY at_least, length(term) DESC, term) AS rank
  FROM typed CROSS JOIN LATERAL (
    SELECT count(*) AS at_least
    FROM (SELECT FROM patient_search_terms AS hit
          WHERE typed.terms > 1 AND hit.clinic_id = $1 AND hit.kind = typed.kind
            AND hit.term >= typed.term AND hit.term < typed.term || chr(1114111) LIMIT 5000) AS hits
  ) AS counted
), driver AS MATERIALIZED (
  SELECT kind, term FROM wanted WHERE rank = 1
), second AS MATERIALIZED (
  SELECT kind, term FROM wanted WHERE rank = 2 AND at_least < 5000
), others AS MATERIALIZED (
  SELECT kind, term FROM wanted WHERE rank > 2 OR rank = 2 AND at_least >= 5000
), hits AS MATERIALIZED (
  SELECT hit.patient_id
  FROM patient_search_terms AS hit
  WHERE hit.clinic_id = $1 AND hit.kind = (SELECT kind FROM driver)
    AND hit.term >= (SELECT term FROM driver) AND hit.term < (SELECT term || chr(1114111) FROM driver)
    AND (NOT EXISTS (SELECT FROM second)
         OR hit.patient_id IN (
           SELECT other.patient_id FROM patient_search_terms AS other
           WHERE other.clinic_id = $1 AND other.kind = (SELECT kind FROM second)
             AND other.term >= (SELECT term FROM second) AND other.term < (SELECT term || chr(1114111) FROM second)))
    AND CASE
      WHEN EXISTS (
        SELECT FROM others
        WHERE NOT EXISTS (
          SELECT FROM patient_search_terms AS other
          WHERE other.patient_id = hit.patient_id AND other.kind = others.kind
            AND other.term >= others.term AND other.term < others.term || chr(1114111)))
      THEN false
      ELSE NOT EXISTS (
        SELECT FROM patient_search_terms AS earlier
        WHERE earlier.patient_id = hit.patient_id AND earlier.kind = hit.kind
          AND earlier.term >= (SELECT term FROM driver) AND earlier.term < hit.term)
    END
  ORDER BY hit.term, hit.patient_id LIMIT $5
)
SELECT patient_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, email, phones, state
FROM hits JOIN patients USING (patient_id)
ORDER BY family_name, given_name, patient_id

-- name: SearchPatientsBySimilarName
-- First the clinic's names that are like a wanted one, or begin with it, then who has them. The wanted name that fewest
-- have drives, as far as five thousand tell; the other names have to be similar or begun too, the rest to fit.
WITH wanted AS MATERIALIZED (
  SELECT kind, term FROM search_terms($2, $3, $4)
), fitting AS MATERIALIZED (
  SELECT wanted.term AS wanted, word.term, similarity(word.term, wanted.term) AS score
  FROM wanted CROSS JOIN LATERAL (
    SELECT term FROM patient_name_words WHERE clinic_id = $1 AND term % wanted.term
    UNION
    SELECT term FROM patient_name_words
    WHERE clinic_id = $1 AND term >= wanted.term AND term < wanted.term || chr(1114111)
  ) AS word
  WHERE wanted.kind = 'name'
), driver AS MATERIALIZED (
  SELECT wanted.term
  FROM wanted CROSS JOIN LATERAL (
    SELECT count(*) AS at_least
    FROM (SELECT FROM fitting JOIN patient_search_terms AS hit
            ON hit.clinic_id = $1 AND hit.kind = 'name' AND hit.term = fitting.term
          WHERE fitting.wanted = wanted.term LIMIT 5000) AS hits
  ) AS counted
  WHERE wanted.kind = 'name'
  ORDER BY counted.at_least, length(wanted.term) DESC, wanted.term LIMIT 1
), others AS MATERIALIZED (
  SELECT kind, term FROM wanted WHERE NOT (kind = 'name' AND term = (SELECT term FROM driver))
), hits AS MATERIALIZED (
  SELECT hit.patient_id, max(fitting.score) AS score
  FROM fitting JOIN patient_search_terms AS hit
    ON hit.clinic_id = $1 AND hit.kind = 'name' AND hit.term = fitting.term
  WHERE fitting.wanted = (SELECT term FROM driver)
    AND NOT EXISTS (
      SELECT FROM others
      WHERE NOT EXISTS (
        SELECT FROM patient_search_terms AS other
        WHERE other.patient_id = hit.patient_id AND other.kind = others.kind
          AND CASE others.kind
                WHEN 'name' THEN (others.term, other.term) IN (SELECT wanted, term FROM fitting)
                ELSE starts_with(other.term, others.term)
              END))
  GROUP BY hit.patient_id ORDER BY score DESC, hit.patient_id LIMIT $5
)
SELECT patient_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, email, phones, state
FROM hits JOIN patients USING (patient_id)
ORDER BY score DESC, family_name, given_name, patient_id

-- name: SearchPatientsByBirthDate
-- Of the few who were born on one of the days $5, those whom the other terms fit; names may be similar.
SELECT patient_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, email, phones, state
FROM patients
WHERE clinic_id = $1 AND merged_into_patient_id IS NULL
  AND birth_date = ANY (ARRAY(SELECT date '1970-01-01' + day FROM unnest($5::int[]) AS day))
  AND NOT EXISTS (
    SELECT FROM search_terms($2, $3, $4) AS wanted
    WHERE NOT EXISTS (
      SELECT FROM patient_search_terms AS other
      WHERE other.patient_id = patients.patient_id AND other.kind = wanted.kind
        AND (starts_with(other.term, wanted.term) OR (wanted.kind = 'name' AND other.term % wanted.term))))
ORDER BY family_name, given_name, patient_id LIMIT $6

-- name: LockDuplicateKeys
-- Of two records with one birth date or health-card number, made at once, the second waits for the first and finds it.
SELECT pg_advisory_xact_lock(key)
FROM (SELECT DISTINCT hashtextextended(concat_ws('|', 'patient', $1::uuid, source), 0) AS key
      FROM unnest(ARRAY[$2::text, nullif(search_health_card($3), '')]) AS source
      WHERE source IS NOT NULL ORDER BY 1) AS keys

-- name: FindDuplicatePatients
-- Candidates have a birth date, health-card number, phone number or e-mail address in common with the record: $2 its
-- names, $3 its birth date, and so on. A shared phone number is one of 7 digits or more.
WITH entered AS MATERIALIZED (
  SELECT search_words($2) AS words, array_to_string(search_words($2), ' ') AS name
), by_card AS MATERIALIZED (
  SELECT patient_id FROM patient_search_terms
  WHERE clinic_id = $1 AND kind = 'health_card' AND term = search_health_card($4) AND search_health_card($4) <> ''
), by_contact AS MATERIALIZED (
  SELECT patient_id FROM patient_search_terms
  WHERE clinic_id = $1 AND kind = 'phone'
    AND term IN (SELECT number FROM unnest(search_phones($5::text[])) AS number WHERE length(number) >= 7)
  UNION
  SELECT patient_id FROM patient_search_terms
  WHERE clinic_id = $1 AND kind = 'email' AND term = lower($6) AND $6 <> ''
), candidates AS MATERIALIZED (
  SELECT patient_id FROM by_card
  UNION SELECT patient_id FROM by_contact
  UNION SELECT patient_id FROM patients
        WHERE clinic_id = $1 AND birth_date = date '1970-01-01' + $3::int AND merged_into_patient_id IS NULL
), judged AS (
  SELECT patient.patient_id, given_name, family_name, birth_date, email, phones, state,
         birth_date = date '1970-01-01' + $3::int AS same_birth_date,
         search_words(given_name || ' ' || family_name) = entered.words AS same_name,
         similarity(array_to_string(search_words(given_name || ' ' || family_name), ' '), entered.name) AS similarity,
         patient_id IN (SELECT patient_id FROM by_card) AS same_card,
         patient_id IN (SELECT patient_id FROM by_contact) AS same_contact
  FROM candidates JOIN patients AS patient USING (patient_id) CROSS JOIN entered
)
SELECT patient_id, given_name, family_name, birth_date - date '1970-01-01' AS birth_day, email, phones, state,
       same_birth_date AND same_name AS is_same_person, same_card,
       same_birth_date AND NOT same_name AND similarity >= 0.45 AS is_similar_person,
       same_contact AND (same_name OR similarity >= 0.45) AS is_similar_contact
FROM judged
WHERE same_card OR (same_birth_date OR same_contact) AND (same_name OR similarity >= 0.45)
ORDER BY same_birth_date AND same_name DESC, same_card DESC, similarity DESC, patient_id LIMIT $7
