-- Codes whose names sound like what was typed, for typos; asked only when nothing else was found.
SELECT c.code, c.name, v.id IS NOT NULL
FROM icd10_code c
LEFT JOIN icd10_favourite v ON v.code_id = c.code AND v.doctor_id = %(doctor)s
WHERE %(sound)s <%% c.sound AND c.is_actual AND NOT c.is_heading
ORDER BY word_similarity(%(sound)s, c.sound) DESC, NOT c.is_common, length(c.name), c.code
LIMIT %(rows)s
