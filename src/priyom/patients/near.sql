-- Keys by which two words of at most two typos meet: every way to leave out none, one or two of a
-- word's first eight letters, as hashes. A typo of any kind (another, missing, doubled letter, two
-- swapped) leaves a common key, so that no near word is missed, whatever the locale (0012). The cost
-- tells the planner that asking the index is cheaper than making the keys of each word anew.
CREATE FUNCTION priyom_near_keys_v1(word text) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT array_agg(DISTINCT hashtext(kept COLLATE "C")) FROM (
        SELECT left(word, 8) AS kept
        UNION ALL
        SELECT left(word, i - 1) || substr(word, i + 1, 8 - i) FROM generate_series(1, 8) i
        UNION ALL
        SELECT left(word, i - 1) || substr(word, i + 1, j - i - 1) || substr(word, j + 1, 8 - j)
        FROM generate_series(1, 7) i, generate_series(i + 1, 8) j
    ) ways
$$;
