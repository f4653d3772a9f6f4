-- The last words of each chat as far as the promise clock must know them: the doctor's last turn
-- and what the patient has written since. Arguments: ids, answers, asks, words (kinds).
-- Both limits are found by the key, backwards; nothing reads the whole chat.
SELECT w.consultation_id, w.seq, w.side, w.kind, w.at
FROM unnest(%(ids)s::uuid[]) AS c(id)
CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT e.seq FROM consultations_entry e
        WHERE e.consultation_id = c.id AND e.side = 'doctor' AND e.kind = ANY (%(answers)s)
        ORDER BY e.seq DESC LIMIT 1), 0) AS seq
) answered
CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT e.seq FROM consultations_entry e
        WHERE e.consultation_id = c.id AND e.side = 'patient' AND e.kind = ANY (%(asks)s)
            AND e.seq < answered.seq
        ORDER BY e.seq DESC LIMIT 1), 0) AS seq
) before
JOIN consultations_entry w ON w.consultation_id = c.id AND w.seq > before.seq
    AND w.kind = ANY (%(words)s)
ORDER BY w.consultation_id, w.seq
