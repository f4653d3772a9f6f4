-- Codes that an everyday word means, then those whose names have words that begin so.
-- query: beginnings for to_tsquery; start: the typed words; doctor: whose favourites come first.
WITH own AS (
    SELECT code_id AS code FROM icd10_favourite WHERE doctor_id = %(doctor)s
), meant AS (
    SELECT DISTINCT code_id AS code FROM icd10_synonym WHERE starts_with(key, %(start)s)
), named AS (
    SELECT code FROM icd10_code
    WHERE words @@ to_tsquery('simple', %(query)s) AND is_actual AND NOT is_heading
    ORDER BY code NOT IN (SELECT code FROM own), NOT is_common, NOT starts_with(key, %(start)s),
        length(name), code
    LIMIT %(rows)s
)
SELECT c.code, c.name, c.code IN (SELECT code FROM own) AS is_own
FROM icd10_code c
WHERE c.code IN (SELECT code FROM meant UNION SELECT code FROM named)
    AND c.is_actual AND NOT c.is_heading
ORDER BY NOT c.code IN (SELECT code FROM own), c.code NOT IN (SELECT code FROM meant),
    NOT c.is_common, NOT starts_with(c.key, %(start)s), length(c.name), c.code
LIMIT %(rows)s
