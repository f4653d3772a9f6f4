-- The index search (performance.md 5). Ranges instead of LIKE 'x%', so that a generic plan uses
-- the btree (family_key, given_key, birth_on) too; the keys are COLLATE "C".

-- name: number
SELECT id FROM patients_patient WHERE snils = NULLIF(%(snils)s, '')
UNION SELECT id FROM patients_patient WHERE enp = NULLIF(%(enp)s, '')
UNION (SELECT id FROM patients_patient WHERE document = NULLIF(%(document)s, '') LIMIT %(rows)s)
UNION (SELECT id FROM patients_patient WHERE phone = NULLIF(%(phone)s, '') LIMIT %(rows)s)
LIMIT %(rows)s

-- name: exact
SELECT id FROM patients_patient
WHERE family_key = %(family)s
  AND given_key >= %(given)s AND given_key < %(given)s || chr(1114111)
  AND patronymic_key >= %(patronymic)s AND patronymic_key < %(patronymic)s || chr(1114111)
  AND birth_on BETWEEN %(since)s AND %(until)s
ORDER BY given_key, birth_on, id LIMIT %(rows)s

-- name: prefix
SELECT id FROM patients_patient
WHERE family_key > %(family)s AND family_key < %(family)s || chr(1114111)
  AND given_key >= %(given)s AND given_key < %(given)s || chr(1114111)
  AND patronymic_key >= %(patronymic)s AND patronymic_key < %(patronymic)s || chr(1114111)
  AND birth_on BETWEEN %(since)s AND %(until)s
ORDER BY family_key, given_key, birth_on, id LIMIT %(rows)s

-- name: born
SELECT id FROM patients_patient WHERE birth_on = %(since)s
ORDER BY family_key, given_key, id LIMIT %(rows)s

-- name: misspelt
-- Near families come from the small dictionary of distinct ones, never from the big table.
-- translate(): see models._ascii, whose index this uses.
WITH near AS MATERIALIZED (
    SELECT family_key, levenshtein(family_key, %(family)s) AS far FROM patients_family
    WHERE translate(family_key, 'абвгдежзийклмнопрстуфхцчшщъыьэюя',
                    'abvgdewzijklmnoprstufhcqx12y3456')
          %% translate(%(family)s, 'абвгдежзийклмнопрстуфхцчшщъыьэюя',
                      'abvgdewzijklmnoprstufhcqx12y3456')
      AND levenshtein_less_equal(family_key, %(family)s, 2) <= 2
      AND people > 0
    ORDER BY far, people DESC LIMIT 30)
SELECT p.id FROM near, LATERAL (
    SELECT id, given_key, birth_on FROM patients_patient
    WHERE family_key = near.family_key
      AND given_key >= %(given)s AND given_key < %(given)s || chr(1114111)
      AND birth_on BETWEEN %(since)s AND %(until)s
    ORDER BY given_key, birth_on, id LIMIT %(rows)s) p
ORDER BY near.far, near.family_key, p.given_key, p.birth_on, p.id LIMIT %(rows)s

-- name: misspelt_given
-- The given name is wrong too (Наталья, Наталия): only with a birth, which keeps it cheap.
WITH near AS MATERIALIZED (
    SELECT family_key, levenshtein(family_key, %(family)s) AS far FROM patients_family
    WHERE translate(family_key, 'абвгдежзийклмнопрстуфхцчшщъыьэюя',
                    'abvgdewzijklmnoprstufhcqx12y3456')
          %% translate(%(family)s, 'абвгдежзийклмнопрстуфхцчшщъыьэюя',
                      'abvgdewzijklmnoprstufhcqx12y3456')
      AND levenshtein_less_equal(family_key, %(family)s, 2) <= 2
      AND people > 0
    ORDER BY far, people DESC LIMIT 30)
SELECT p.id FROM near, LATERAL (
    SELECT id, levenshtein(given_key, %(given)s) AS far FROM patients_patient
    WHERE family_key = near.family_key AND birth_on BETWEEN %(since)s AND %(until)s
      AND levenshtein_less_equal(given_key, %(given)s, 2) <= 2 LIMIT %(rows)s) p
ORDER BY near.far + p.far, p.id LIMIT %(rows)s
