-- Codes whose names have words that begin so, and those that an everyday word means.
-- query: beginnings for to_tsquery; start: the typed words; doctor: whose favourites come first.
WITH found AS (
    SELECT code_id AS code, 0 AS way
    FROM icd10_synonym WHERE starts_with(key, %(start)s)
    UNION ALL
    SELECT code, 1
    FROM icd10_code WHERE words @@ to_tsquery('simple', %(query)s)
), ways AS (
    SELECT code, min(way) AS way FROM found GROUP BY code
)
SELECT c.code, c.name, v.id IS NOT NULL
FROM ways JOIN icd10_code c USING (code)
LEFT JOIN icd10_favourite v ON v.code_id = c.code AND v.doctor_id = %(doctor)s
WHERE c.is_actual AND NOT c.is_heading
ORDER BY v.id IS NULL, ways.way, NOT c.is_common, NOT starts_with(c.key, %(start)s),
    length(c.name), c.code
LIMIT %(rows)s
