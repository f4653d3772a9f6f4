-- The last words of each chat as far as the promise clock must know them: the doctor's last turn
-- and what the patient has written since. The kinds of words come from consultations/promise.py.
-- A published version is never edited: a change is a new _vN beside it and a new migration.
-- Both limits are found by the key, backwards. The planner is told so: untrained it reads the whole
-- chat and sorts it.
CREATE OR REPLACE FUNCTION priyom_tail_v1(ids uuid[], answers text[], asks text[], words text[])
RETURNS TABLE (consultation uuid, seq integer, side text, kind text, at timestamptz)
LANGUAGE sql STABLE
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
    SELECT w.consultation_id, w.seq, w.side, w.kind, w.at
    FROM unnest(ids) AS c(id)
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT e.seq FROM consultations_entry e
            WHERE e.consultation_id = c.id AND e.side = 'doctor' AND e.kind = ANY (answers)
            ORDER BY e.seq DESC LIMIT 1), 0) AS seq
    ) answered
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT e.seq FROM consultations_entry e
            WHERE e.consultation_id = c.id AND e.side = 'patient' AND e.kind = ANY (asks)
                AND e.seq < answered.seq
            ORDER BY e.seq DESC LIMIT 1), 0) AS seq
    ) before
    JOIN consultations_entry w ON w.consultation_id = c.id AND w.seq > before.seq
        AND w.kind = ANY (words)
$$;
