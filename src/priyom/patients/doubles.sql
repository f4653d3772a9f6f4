-- Pairs of cards that may be one person's, with how each field compares: 2 agrees, 1 nearly,
-- 0 differs, NULL where one card is silent. likeness.py weighs them. Each rule of the first part
-- is one equality join, so that a city of millions is a few hash joins (docs/decisions/0013).
-- near() of two words: at most two typos in words of four letters and more.

-- name: pairs
WITH cards AS MATERIALIZED (
    SELECT id, family_key, given_key, patronymic_key, birth_on, sex, snils, enp, document,
           lower(email) AS email, phone,
           NULLIF(regexp_replace(lower(address), '[^0-9a-zа-яё]+', '', 'g'), '') AS home
    FROM patients_patient WHERE merged_into_id IS NULL),
found AS (
    SELECT a.id AS one, b.id AS other FROM cards a JOIN cards b
        ON a.birth_on = b.birth_on AND a.family_key = b.family_key AND a.id < b.id
        WHERE a.given_key = b.given_key OR levenshtein_less_equal(a.given_key, b.given_key, 2) <= 2
           OR a.patronymic_key = b.patronymic_key
    UNION
    SELECT a.id, b.id FROM cards a JOIN cards b
        ON a.birth_on = b.birth_on AND a.given_key = b.given_key AND a.id < b.id
        WHERE (a.patronymic_key = b.patronymic_key AND a.patronymic_key <> '')
           OR levenshtein_less_equal(a.family_key, b.family_key, 2) <= 2
    UNION
    SELECT a.id, b.id FROM cards a JOIN cards b
        ON a.family_key = b.family_key AND a.given_key = b.given_key AND a.id < b.id
        AND extract(year FROM a.birth_on) = extract(year FROM b.birth_on)
        WHERE a.patronymic_key = b.patronymic_key OR '' IN (a.patronymic_key, b.patronymic_key)
    UNION
    SELECT a.id, b.id FROM cards a JOIN cards b
        ON a.family_key = b.family_key AND a.given_key = b.given_key AND a.id < b.id
        AND to_char(a.birth_on, 'MMDD') = to_char(b.birth_on, 'MMDD')
        WHERE a.patronymic_key = b.patronymic_key OR '' IN (a.patronymic_key, b.patronymic_key)
    UNION
    SELECT a.id, b.id FROM cards a JOIN cards b
        ON a.document = b.document AND a.document <> '' AND a.id < b.id
    UNION
    SELECT a.id, b.id FROM cards a JOIN cards b
        ON a.phone = b.phone AND a.phone <> '' AND a.given_key = b.given_key AND a.id < b.id
    UNION
    SELECT a.id, b.id FROM cards a JOIN cards b
        ON a.email = b.email AND a.email <> '' AND a.given_key = b.given_key AND a.id < b.id)
SELECT a.id, b.id, a.given_key, b.given_key,
    CASE WHEN a.family_key = b.family_key THEN 2
         WHEN length(a.family_key) > 3
          AND levenshtein_less_equal(a.family_key, b.family_key, 2) <= 2 THEN 1 ELSE 0 END,
    CASE WHEN a.given_key = b.given_key THEN 2
         WHEN length(a.given_key) > 3
          AND levenshtein_less_equal(a.given_key, b.given_key, 2) <= 2 THEN 1 ELSE 0 END,
    CASE WHEN '' IN (a.patronymic_key, b.patronymic_key) THEN NULL
         WHEN a.patronymic_key = b.patronymic_key THEN 2
         WHEN levenshtein_less_equal(a.patronymic_key, b.patronymic_key, 2) <= 2 THEN 1
         ELSE 0 END,
    CASE WHEN a.birth_on = b.birth_on THEN 2
         WHEN extract(year FROM a.birth_on) = extract(year FROM b.birth_on) AND (
              extract(day FROM a.birth_on) = extract(day FROM b.birth_on)
           OR extract(month FROM a.birth_on) = extract(month FROM b.birth_on)
           OR (extract(day FROM a.birth_on) = extract(month FROM b.birth_on)
           AND extract(month FROM a.birth_on) = extract(day FROM b.birth_on))) THEN 1
         WHEN to_char(a.birth_on, 'MMDD') = to_char(b.birth_on, 'MMDD')
          AND levenshtein(to_char(a.birth_on, 'YYYY'), to_char(b.birth_on, 'YYYY')) = 1 THEN 1
         ELSE 0 END,
    CASE WHEN a.sex = b.sex THEN 2 ELSE 0 END,
    CASE WHEN a.snils = b.snils THEN 2 WHEN a.snils <> b.snils THEN 0 END,
    CASE WHEN a.enp = b.enp THEN 2 WHEN a.enp <> b.enp THEN 0 END,
    CASE WHEN '' IN (a.document, b.document) THEN NULL
         WHEN a.document = b.document THEN 2
         WHEN (a.document ~ '^[0-9]{4}:') = (b.document ~ '^[0-9]{4}:') THEN 0 END,
    CASE WHEN '' IN (a.email, b.email) THEN NULL WHEN a.email = b.email THEN 2 ELSE 0 END,
    CASE WHEN '' IN (a.phone, b.phone) THEN NULL WHEN a.phone = b.phone THEN 2 ELSE 0 END,
    CASE WHEN a.home = b.home THEN 2 WHEN a.home <> b.home THEN 0 END,
    f.people, ga.people, gb.people
FROM found
JOIN cards a ON a.id = found.one
JOIN cards b ON b.id = found.other
LEFT JOIN patients_family f ON f.family_key = a.family_key
LEFT JOIN patients_given ga ON ga.given_key = a.given_key
LEFT JOIN patients_given gb ON gb.given_key = b.given_key
