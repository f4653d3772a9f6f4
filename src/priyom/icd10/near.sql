-- Words of the classification nearest to a typed one, longer ones by their beginning: at most `typos`
-- letters differ. Few thousand short words: cheaper than any index over them.
SELECT word FROM (
    SELECT word, CASE
        WHEN length(word) > length(%(typed)s) + %(typos)s
        THEN levenshtein_less_equal(left(word, length(%(typed)s)), %(typed)s, %(typos)s)
        ELSE levenshtein_less_equal(word, %(typed)s, %(typos)s)
    END AS wrong
    FROM icd10_word
    WHERE length(word) >= length(%(typed)s) - %(typos)s
) near
WHERE wrong <= %(typos)s
ORDER BY wrong, length(word), word
LIMIT 5
