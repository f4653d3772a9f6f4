-- The index search (docs/decisions/0012). Ranges instead of LIKE 'x%', so that a generic plan uses
-- the btree (family_key, given_key, birth_on, patronymic_key) too; the keys are COLLATE "C".

-- name: number
-- Further phones, documents and policies too, those of before included.
SELECT coalesce(merged_into_id, id) FROM patients_patient WHERE snils = NULLIF(%(snils)s, '')
UNION SELECT coalesce(merged_into_id, id) FROM patients_patient WHERE enp = NULLIF(%(enp)s, '')
UNION (SELECT coalesce(merged_into_id, id) FROM patients_patient
       WHERE document = NULLIF(%(document)s, '') LIMIT %(rows)s)
UNION (SELECT coalesce(merged_into_id, id) FROM patients_patient
       WHERE phone = NULLIF(%(phone)s, '') LIMIT %(rows)s)
UNION (SELECT coalesce(p.merged_into_id, p.id)
       FROM patients_detail d JOIN patients_patient p ON p.id = d.patient_id
       WHERE (d.value, d.kind) IN ((%(phone)s, 'phone'), (%(document)s, 'document'),
                                   (%(policy)s, 'policy')) LIMIT %(rows)s)
LIMIT %(rows)s

-- name: exact
SELECT coalesce(merged_into_id, id) FROM patients_patient
WHERE family_key = %(family)s
  AND given_key >= %(given)s AND given_key < %(given)s || chr(1114111)
  AND patronymic_key >= %(patronymic)s AND patronymic_key < %(patronymic)s || chr(1114111)
  AND birth_on BETWEEN %(since)s AND %(until)s
ORDER BY given_key, birth_on, id LIMIT %(rows)s

-- name: prefix
-- Family by family of the dictionary, in order, until the page is full: the big table's index alone
-- would be read through for a rare given name.
SELECT coalesce(p.merged_into_id, p.id) FROM (
    SELECT family_key FROM patients_family
    WHERE family_key > %(family)s AND family_key < %(family)s || chr(1114111) AND people > 0
    ORDER BY family_key) f,
LATERAL (
    SELECT id, merged_into_id, given_key, birth_on FROM patients_patient
    WHERE family_key = f.family_key
      AND given_key >= %(given)s AND given_key < %(given)s || chr(1114111)
      AND patronymic_key >= %(patronymic)s AND patronymic_key < %(patronymic)s || chr(1114111)
      AND birth_on BETWEEN %(since)s AND %(until)s
    ORDER BY given_key, birth_on, id LIMIT %(rows)s) p
ORDER BY f.family_key, p.given_key, p.birth_on, p.id LIMIT %(rows)s

-- name: born
SELECT coalesce(merged_into_id, id) FROM patients_patient WHERE birth_on = %(since)s
ORDER BY family_key, given_key, id LIMIT %(rows)s

-- name: families
-- A part of the statements below. Near words come from the small dictionaries of distinct ones,
-- never from the big table. cost counts typos: levenshtein() takes two swapped letters for two, so
-- the typed word comes with its letters swapped too.
SELECT family_key, cost FROM patients_family, LATERAL (SELECT CASE
    WHEN family_key = %(family)s THEN 0
    WHEN family_key = ANY (%(family_swaps)s::text[])
      OR levenshtein_less_equal(family_key, %(family)s, 1) <= 1 THEN 1
    WHEN family_key = ANY (%(family_double_swaps)s::text[])
      OR levenshtein_less_equal(family_key, %(family)s, 2) <= 2
      OR EXISTS (SELECT FROM unnest(%(family_swaps)s::text[]) swapped
                 WHERE levenshtein_less_equal(family_key, swapped, 1) <= 1) THEN 2
    ELSE 3 END AS cost OFFSET 0) typos
WHERE priyom_near_keys_v1(family_key) && priyom_near_keys_v1(%(family)s)
  AND cost <= %(family_typos)s AND people > 0
ORDER BY cost, people DESC LIMIT 200

-- name: givens
-- Longer names count as what was typed: «анна» is «анна мария» too.
SELECT given_key, min(cost) AS cost FROM (
    (SELECT given_key, 0 AS cost FROM patients_given
     WHERE given_key >= %(given)s AND given_key < %(given)s || chr(1114111) AND people > 0
     ORDER BY people DESC LIMIT 20)
    UNION ALL
    (SELECT given_key, cost FROM patients_given, LATERAL (SELECT CASE
        WHEN given_key = %(given)s THEN 0
        WHEN given_key = ANY (%(given_swaps)s::text[])
          OR levenshtein_less_equal(given_key, %(given)s, 1) <= 1 THEN 1
        WHEN given_key = ANY (%(given_double_swaps)s::text[])
          OR levenshtein_less_equal(given_key, %(given)s, 2) <= 2
          OR EXISTS (SELECT FROM unnest(%(given_swaps)s::text[]) swapped
                     WHERE levenshtein_less_equal(given_key, swapped, 1) <= 1) THEN 2
        ELSE 3 END AS cost OFFSET 0) typos
    WHERE priyom_near_keys_v1(given_key) && priyom_near_keys_v1(%(given)s)
      AND cost <= %(given_typos)s AND people > 0
    ORDER BY cost, people DESC LIMIT 200)) names
GROUP BY given_key

-- name: near
-- One or two typos in both names together; each pair of words is one probe of the big table.
WITH families AS MATERIALIZED (:families), givens AS MATERIALIZED (:givens),
pairs AS MATERIALIZED (
    SELECT family_key, given_key, f.cost + g.cost AS cost FROM families f, givens g
    WHERE f.cost + g.cost BETWEEN 1 AND %(typos)s)
SELECT coalesce(p.merged_into_id, p.id) FROM pairs, LATERAL (
    SELECT id, merged_into_id, birth_on FROM patients_patient
    WHERE family_key = pairs.family_key AND given_key = pairs.given_key
      AND birth_on BETWEEN %(since)s AND %(until)s
      AND patronymic_key >= %(patronymic)s AND patronymic_key < %(patronymic)s || chr(1114111)
    ORDER BY birth_on, id LIMIT %(rows)s) p
ORDER BY pairs.cost, pairs.family_key, pairs.given_key, p.birth_on, p.id LIMIT %(rows)s

-- name: near_family
-- The same where the given name is not there, or an initial.
WITH families AS MATERIALIZED (:families)
SELECT coalesce(p.merged_into_id, p.id) FROM families, LATERAL (
    SELECT id, merged_into_id, given_key, birth_on FROM patients_patient
    WHERE family_key = families.family_key
      AND given_key >= %(given)s AND given_key < %(given)s || chr(1114111)
      AND birth_on BETWEEN %(since)s AND %(until)s
      AND patronymic_key >= %(patronymic)s AND patronymic_key < %(patronymic)s || chr(1114111)
    ORDER BY given_key, birth_on, id LIMIT %(rows)s) p
WHERE families.cost > 0
ORDER BY families.cost, families.family_key, p.given_key, p.birth_on, p.id LIMIT %(rows)s
