-- A message that comes alone, as most do outside the busiest minute: what priyom_append_v3 does for a
-- batch, step by step. The batch's one large statement costs the database twice as much to set up as
-- one message costs to write (docs/decisions/0011). Whatever is not ordinary goes to the batch's way.
-- A published version is never edited: a change is a new _vN beside it and a new migration.
CREATE OR REPLACE FUNCTION priyom_append_v4(batch jsonb, origin text)
RETURNS TABLE (ix integer, verdict text, seq integer, at timestamptz, files jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    item record;
    talk record;
    who record;
    moment timestamptz;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'priyom_append needs READ COMMITTED' USING ERRCODE = '25001';
    END IF;
    IF jsonb_array_length(batch) = 1 THEN
        SELECT i.*, i.kind = 'message' AND coalesce(i.files, '[]') = '[]'
            AND coalesce(i.data, '{}') = '{}' AND length(i.k) BETWEEN 1 AND 64
            AND octet_length(i.body) <= 8000 AND btrim(i.body, E' \t\r\n') <> '' AS plain
        INTO item
        FROM jsonb_to_record(batch -> 0) AS i(c uuid, a uuid, k text, kind text, body text,
            refers integer, files jsonb, data jsonb, s uuid, ip inet);
        -- Never waiting; a repeat or a closing cannot come in between from here on.
        SELECT c.organisation_id, c.patient_id, c.last_seq, c.last_seq + 1 AS next_seq, c.state
        INTO talk
        FROM consultations_consultation c WHERE c.id = item.c FOR NO KEY UPDATE SKIP LOCKED;
        SELECT o.side, o.name INTO who
        FROM consultations_member o
        WHERE item.plain AND o.consultation_id = item.c AND o.account_id = item.a AND o.until IS NULL
            AND talk.state IN ('scheduled', 'in_progress')
            AND (item.refers IS NULL OR item.refers BETWEEN 1 AND talk.last_seq)
            AND NOT EXISTS (SELECT FROM consultations_entry e WHERE e.consultation_id = item.c
                AND e.author = item.a AND e.client_key = item.k);
        IF FOUND THEN
            moment := clock_timestamp();
            INSERT INTO consultations_entry (consultation_id, seq, organisation_id, kind, author, side,
                author_name, client_key, refers_to_seq, frame, body, data, at)
            VALUES (item.c, talk.next_seq, talk.organisation_id, 'message', item.a, who.side, who.name,
                item.k, item.refers, 1, item.body, '{}', moment);
            INSERT INTO audit_event (id, at, organisation, actor_kind, account, session, acted_for,
                action, subject_kind, subject, patient, result, request_id, address, detail)
            VALUES (priyom_uuid7(), moment, talk.organisation_id, who.side, item.a, item.s,
                CASE WHEN who.side = 'patient' THEN talk.patient_id END,
                'chat.sent', 'consultation', item.c::text, talk.patient_id, 'done', '', item.ip,
                jsonb_build_object('seq', jsonb_build_array(talk.next_seq)));
            UPDATE consultations_consultation c SET last_seq = talk.next_seq WHERE c.id = item.c;
            PERFORM pg_notify('priyom_log',
                format('%s|%s:%s:%s', origin, item.c, talk.next_seq, talk.next_seq));
            RETURN QUERY SELECT 0, 'stored', talk.next_seq, moment, NULL::jsonb;
            RETURN;
        END IF;
    END IF;
    RETURN QUERY SELECT * FROM priyom_append_v3(batch, origin);
END
$$;
