-- The second version of append: the same promises as priyom_append_v1 and the same answer in about
-- half the time, measured alone (docs/decisions/0011). A batch of ordinary messages, all of members of open chats that nobody else holds, all
-- new, is judged and written in one statement; whatever is not so ordinary (a file, a repeat, a
-- stranger, a closed or busy chat) sends the whole batch to version 1, which judges one by one.
-- Each LATERAL with LIMIT 1 is one probe of a key: a plan that was made while the tables were small
-- must not read them whole when they have grown.
CREATE OR REPLACE FUNCTION priyom_append_v2(batch jsonb, origin text)
RETURNS TABLE (ix integer, verdict text, seq integer, at timestamptz, files jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_material = off
AS $$
#variable_conflict use_column
DECLARE
    talks uuid[];
    moment timestamptz;
    stamp bytea;
    told text;
    hints text[];
    seqs integer[];
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'priyom_append needs READ COMMITTED' USING ERRCODE = '25001';
    END IF;
    SELECT array_agg(DISTINCT i.c) INTO talks FROM jsonb_to_recordset(batch) AS i(c uuid);

    -- In id order, and never waiting; a repeat cannot come in between from here on.
    IF (SELECT count(*) FROM (
        SELECT FROM consultations_consultation c WHERE c.id = ANY (talks)
        ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED
    ) l) = cardinality(talks) THEN
        moment := clock_timestamp();
        stamp := substring(int8send((extract(epoch FROM moment) * 1000)::bigint) FROM 3);
        WITH item AS MATERIALIZED (
            SELECT (i.n - 1)::integer AS ix, i.c, i.a, i.k, i.body, i.refers, i.s, i.ip,
                i.kind = 'message' AND coalesce(cardinality(i.files), 0) = 0
                AND length(i.k) BETWEEN 1 AND 64 AND octet_length(i.body) <= 8000
                AND btrim(i.body, E' \t\r\n') <> '' AND coalesce(i.data, '{}') = '{}' AS plain
            FROM ROWS FROM (jsonb_to_recordset(batch) AS (c uuid, a uuid, k text, kind text,
                body text, refers integer, files uuid[], data jsonb, s uuid, ip inet))
                WITH ORDINALITY AS i(c, a, k, kind, body, refers, files, data, s, ip, n)
        ), judged AS MATERIALIZED (
            SELECT i.ix, i.c, i.a, i.k, i.body, i.refers, i.s, i.ip, t.organisation_id,
                t.patient_id, m.side, m.name,
                (t.last_seq + row_number() OVER (PARTITION BY i.c ORDER BY i.ix))::integer AS next_seq,
                i.plain AND m.side IS NOT NULL AND t.state IN ('scheduled', 'in_progress')
                AND (i.refers IS NULL OR i.refers BETWEEN 1 AND t.last_seq)
                AND (SELECT e.seq FROM consultations_entry e WHERE e.consultation_id = i.c
                    AND e.author = i.a AND e.client_key = i.k LIMIT 1) IS NULL AS fine
            FROM item i
            LEFT JOIN LATERAL (
                SELECT c.organisation_id, c.patient_id, c.last_seq, c.state
                FROM consultations_consultation c
                WHERE c.id = i.c LIMIT 1) t ON true
            LEFT JOIN LATERAL (
                SELECT o.side, o.name FROM consultations_member o
                WHERE o.consultation_id = i.c AND o.account_id = i.a AND o.until IS NULL
                LIMIT 1) m ON true
        ), good AS MATERIALIZED (
            SELECT j.* FROM judged j
            WHERE (SELECT bool_and(coalesce(b.fine, false)) AND count(DISTINCT b.k) = count(*)
                FROM judged b)
        ), written AS (
            INSERT INTO consultations_entry (consultation_id, seq, organisation_id, kind, author,
                side, author_name, client_key, refers_to_seq, frame, body, data, at)
            SELECT g.c, g.next_seq, g.organisation_id, 'message', g.a, g.side, g.name, g.k,
                g.refers, 1, g.body, '{}', moment
            FROM good g
        ), audited AS (
            INSERT INTO audit_event (id, at, organisation, actor_kind, account, session, acted_for,
                action, subject_kind, subject, patient, result, request_id, address, detail)
            SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
                    PLACING stamp FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
                moment, g.organisation_id, g.side, g.a, g.s,
                CASE WHEN g.side = 'patient' THEN g.patient_id END,
                'chat.sent', 'consultation', g.c::text, g.patient_id, 'done', '', g.ip,
                jsonb_build_object('seq', jsonb_agg(g.next_seq ORDER BY g.ix))
            FROM good g
            GROUP BY g.c, g.a, g.s, g.ip, g.side, g.organisation_id, g.patient_id
        ), advanced AS (
            UPDATE consultations_consultation c SET last_seq = s.high
            FROM (SELECT g.c, max(g.next_seq) AS high, min(g.next_seq) AS low FROM good g
                GROUP BY g.c) s
            WHERE c.id = s.c
            RETURNING c.id, s.low, s.high
        )
        SELECT (SELECT array_agg(g.next_seq ORDER BY g.ix) FROM good g),
            (SELECT array_agg(p.told) FROM (
                SELECT string_agg(concat(d.id, ':', d.low, ':', d.high), ';') AS told
                FROM (SELECT a.*, (row_number() OVER () - 1) / 100 AS part FROM advanced a) d
                GROUP BY d.part) p)
        INTO seqs, hints;
        IF seqs IS NOT NULL THEN
            -- Ids only, and under the 8000 bytes of a payload: at most 100 consultations in one.
            FOREACH told IN ARRAY hints LOOP
                PERFORM pg_notify('priyom_log', concat(origin, '|', told));
            END LOOP;
            RETURN QUERY SELECT (n.n - 1)::integer, 'stored', n.seq, moment, NULL::jsonb
            FROM unnest(seqs) WITH ORDINALITY AS n(seq, n);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY SELECT * FROM priyom_append_v1(batch, origin);
END
$$;
