-- What rooms lack, for a process that was told of it: one statement for all of them, by a kept plan,
-- without JSON and without names. Who is not an ordinary message (`plain` is false) is read again
-- by priyom_replay, which knows all kinds. One row for each entry, one without an entry for a room
-- that lacks none, no row for a consultation of which the account is no member.
-- A published version is never edited: a change is a new _vN beside it and a new migration.
-- known: [{c: consultation, a: account, after, lim}]; accounts, delivered, read: all members' marks.
CREATE OR REPLACE FUNCTION priyom_news_v1(known jsonb)
RETURNS TABLE (c uuid, state text, last integer, accounts uuid[], delivered integer[], read integer[],
    seq integer, plain boolean, author uuid, side text, name text, k text, refers integer, body text,
    at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT w.c, t.state::text, t.last_seq, m.accounts, m.delivered, m.read, e.seq,
        e.kind = 'message' AND e.data = '{}', e.author, e.side::text, e.author_name::text,
        e.client_key::text, e.refers_to_seq, e.body, e.at
    FROM jsonb_to_recordset(known) AS w(c uuid, a uuid, after integer, lim integer)
    CROSS JOIN LATERAL (
        SELECT array_agg(o.account_id) AS accounts, array_agg(o.delivered_seq) AS delivered,
            array_agg(o.read_seq) AS read
        FROM consultations_member o WHERE o.consultation_id = w.c AND o.until IS NULL) m
    CROSS JOIN LATERAL (
        SELECT g.state, g.last_seq FROM consultations_consultation g WHERE g.id = w.c LIMIT 1) t
    LEFT JOIN LATERAL (
        SELECT x.* FROM consultations_entry x
        WHERE x.consultation_id = w.c AND x.seq > w.after
        ORDER BY x.seq LIMIT least(w.lim, 1000)) e ON true
    WHERE w.a = ANY (m.accounts);
END
$$;
