-- The hot path again, so that a plan which a connection made while the tables were young stays right
-- when they have grown: each look-up is a LATERAL with LIMIT 1 or, without an order, an array of
-- keys; one probe each, and the planner has nothing else to choose (docs/decisions/0011).
-- A published version is never edited: a change is a new _vN beside it and a new migration.

-- 1. What priyom_append_v1 did: a batch in which not all is ordinary, judged one by one. The batch
-- and the answer are described in log.sql.
CREATE OR REPLACE FUNCTION priyom_judge_v1(batch jsonb, origin text)
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
    owns uuid[];
    held uuid[];
    bases integer[];
    moment timestamptz;
    told text;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'priyom_append needs READ COMMITTED' USING ERRCODE = '25001';
    END IF;

    SELECT array_agg(DISTINCT i.c) INTO talks FROM jsonb_to_recordset(batch) AS i(c uuid);
    SELECT array_agg(f.id) INTO owns
    FROM jsonb_to_recordset(batch) AS i(files uuid[]), unnest(i.files) AS f(id);
    -- NO KEY: the foreign keys of others may point here meanwhile. In id order, and never waiting.
    SELECT array_agg(l.id), array_agg(l.last_seq) INTO held, bases
    FROM (
        SELECT c.id, c.last_seq
        FROM (SELECT u.id FROM unnest(talks) AS u(id) ORDER BY u.id) k
        CROSS JOIN LATERAL (SELECT t.id, t.last_seq FROM consultations_consultation t
            WHERE t.id = k.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) c
    ) l;
    held := coalesce(held, '{}');
    bases := coalesce(bases, '{}');
    moment := clock_timestamp();

    RETURN QUERY
    WITH item AS MATERIALIZED (
        SELECT (b.n - 1)::integer AS ix, r.*,
            coalesce(r.files, '{}') AS own,
            -- Twice in one batch: the second waits for the next, where it is a repeat (or bad).
            row_number() OVER (PARTITION BY r.c, r.a, r.k ORDER BY b.n) > 1
            OR (cardinality(r.files) > 0 AND count(*) FILTER (WHERE cardinality(r.files) > 0)
                OVER (PARTITION BY r.c, r.a ORDER BY b.n) > 1) AS twice
        FROM jsonb_array_elements(batch) WITH ORDINALITY AS b(j, n),
            jsonb_to_record(b.j) AS r(c uuid, a uuid, k text, kind text, body text, refers integer,
                files uuid[], data jsonb, s uuid, ip inet)
    ), judged AS MATERIALIZED (
        SELECT i.*, c.organisation_id, c.patient_id, c.last_seq, m.side, m.name,
            e.seq AS first_seq, e.at AS first_at,
            CASE
                WHEN c.id IS NULL THEN 'stranger'
                WHEN NOT (i.c = ANY (held)) THEN 'busy'
                -- Busy too is whatever the same author sent after a message that waits.
                WHEN bool_or(i.twice) OVER (PARTITION BY i.c, i.a ORDER BY i.ix) THEN 'busy'
                WHEN e.seq IS NOT NULL THEN 'repeat'
                WHEN m.side IS NULL THEN 'stranger'
                WHEN c.state NOT IN ('scheduled', 'in_progress') THEN 'closed'
                WHEN i.kind IS NULL OR i.kind NOT IN ('message', 'file', 'voice', 'video', 'call')
                    OR coalesce(length(i.k), 0) NOT BETWEEN 1 AND 64
                    OR octet_length(coalesce(i.body, '')) > 8000
                    OR (i.kind = 'message' AND btrim(coalesce(i.body, ''), E' \t\r\n') = '')
                    OR (i.kind IN ('file', 'voice', 'video')) <> (cardinality(i.own) > 0)
                    OR cardinality(i.own) > 20
                    OR i.refers NOT BETWEEN 1 AND c.last_seq
                    OR cardinality(i.own) <> (
                        SELECT count(*) FROM consultations_attachment f
                        WHERE f.id = ANY (i.own) AND f.consultation_id = i.c
                            AND f.uploaded_by = i.a AND f.seq IS NULL)
                    THEN 'bad'
                ELSE 'stored'
            END AS verdict
        FROM item i
        LEFT JOIN LATERAL (
            SELECT t.id, t.organisation_id, t.patient_id, t.last_seq, t.state
            FROM consultations_consultation t WHERE t.id = i.c LIMIT 1) c ON true
        LEFT JOIN LATERAL (
            SELECT o.side, o.name FROM consultations_member o
            WHERE o.consultation_id = i.c AND o.account_id = i.a AND o.until IS NULL
            LIMIT 1) m ON true
        LEFT JOIN LATERAL (
            SELECT w.seq, w.at FROM consultations_entry w
            WHERE w.consultation_id = i.c AND w.author = i.a AND w.client_key = i.k
            LIMIT 1) e ON true
    ), numbered AS MATERIALIZED (
        SELECT j.*, (j.last_seq + count(*) FILTER (WHERE j.verdict = 'stored')
            OVER (PARTITION BY j.c ORDER BY j.ix))::integer AS next_seq
        FROM judged j
    ), written AS (
        INSERT INTO consultations_entry (consultation_id, seq, organisation_id, kind, author, side,
            author_name, client_key, refers_to_seq, frame, body, data, at)
        SELECT n.c, n.next_seq, n.organisation_id, n.kind, n.a, n.side, n.name, n.k, n.refers, 1,
            coalesce(n.body, ''), coalesce(n.data, '{}'), moment
        FROM numbered n WHERE n.verdict = 'stored'
    ), bound AS (
        UPDATE consultations_attachment f SET seq = n.next_seq
        FROM numbered n
        WHERE n.verdict = 'stored' AND f.id = ANY (owns) AND f.id = ANY (n.own)
    ), advanced AS (
        UPDATE consultations_consultation c SET last_seq = s.highs[array_position(s.ids, c.id)]
        FROM (SELECT array_agg(g.c) AS ids, array_agg(g.high) AS highs
            FROM (SELECT n.c, max(n.next_seq) AS high FROM numbered n
                WHERE n.verdict = 'stored' GROUP BY n.c) g) s
        WHERE c.id = ANY (talks) AND array_position(s.ids, c.id) IS NOT NULL
    ), audited AS (
        INSERT INTO audit_event (id, at, organisation, actor_kind, account, session, acted_for,
            action, subject_kind, subject, patient, result, request_id, address, detail)
        SELECT priyom_uuid7(), moment, n.organisation_id, n.side, n.a, n.s,
            CASE WHEN n.side = 'patient' THEN n.patient_id END,
            'chat.sent', 'consultation', n.c::text, n.patient_id, 'done', '', n.ip,
            jsonb_build_object('seq', jsonb_agg(n.next_seq ORDER BY n.ix))
        FROM numbered n WHERE n.verdict = 'stored'
        GROUP BY n.c, n.a, n.s, n.ip, n.side, n.organisation_id, n.patient_id
    )
    SELECT n.ix, n.verdict,
        CASE n.verdict WHEN 'stored' THEN n.next_seq WHEN 'repeat' THEN n.first_seq END,
        CASE n.verdict WHEN 'stored' THEN moment WHEN 'repeat' THEN n.first_at END,
        CASE WHEN n.verdict = 'stored' AND cardinality(n.own) > 0 THEN priyom_files_v1(n.own) END
    FROM numbered n ORDER BY n.ix;

    -- Ids only, and under the 8000 bytes of a payload: at most 100 consultations in one.
    FOR told IN
        SELECT string_agg(concat(p.id, ':', p.base + 1, ':', p.last_seq), ';')
        FROM (
            SELECT c.id, h.base, c.last_seq, (row_number() OVER () - 1) / 100 AS part
            FROM unnest(held, bases) AS h(id, base)
            CROSS JOIN LATERAL (
                SELECT t.id, t.last_seq FROM consultations_consultation t
                WHERE t.id = h.id LIMIT 1) c
            WHERE c.last_seq > h.base
        ) p GROUP BY p.part
    LOOP
        PERFORM pg_notify('priyom_log', concat(origin, '|', told));
    END LOOP;
END
$$;

-- 2. priyom_append_v2 (append.sql), which sends the rest to the function above.
CREATE OR REPLACE FUNCTION priyom_append_v3(batch jsonb, origin text)
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
        SELECT FROM (SELECT u.id FROM unnest(talks) AS u(id) ORDER BY u.id) k
        CROSS JOIN LATERAL (SELECT FROM consultations_consultation t WHERE t.id = k.id
            LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) c
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
            UPDATE consultations_consultation c
            SET last_seq = s.highs[array_position(s.ids, c.id)]
            FROM (SELECT array_agg(g.c) AS ids, array_agg(g.low) AS lows, array_agg(g.high) AS highs
                FROM (SELECT g.c, max(g.next_seq) AS high, min(g.next_seq) AS low FROM good g
                    GROUP BY g.c) g) s
            WHERE c.id = ANY (talks) AND s.ids IS NOT NULL
            RETURNING c.id, s.lows[array_position(s.ids, c.id)] AS low, c.last_seq AS high
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
    RETURN QUERY SELECT * FROM priyom_judge_v1(batch, origin);
END
$$;

-- 3. Marks and what a process must ask for again, as in log.sql.
CREATE OR REPLACE FUNCTION priyom_mark_v2(account uuid, consultation uuid, delivered integer, read integer)
RETURNS integer[]
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_material = off
AS $$
    UPDATE consultations_member m
    SET delivered_seq = greatest(m.delivered_seq, least(greatest($3, $4), c.last_seq)),
        read_seq = greatest(m.read_seq, least($4, c.last_seq))
    FROM (SELECT t.last_seq FROM consultations_consultation t WHERE t.id = $2 LIMIT 1) c
    WHERE m.consultation_id = $2 AND m.account_id = $1 AND m.until IS NULL
    RETURNING ARRAY[m.delivered_seq, m.read_seq]
$$;

CREATE OR REPLACE FUNCTION priyom_behind_v2(known jsonb)
RETURNS TABLE (c uuid, a uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_material = off
AS $$
    SELECT k.c, k.a
    FROM jsonb_to_recordset(known) AS k(a uuid, c uuid, after integer)
    LEFT JOIN LATERAL (
        SELECT true AS is_here FROM consultations_member o
        WHERE o.consultation_id = k.c AND o.account_id = k.a AND o.until IS NULL
        LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT t.last_seq FROM consultations_consultation t WHERE t.id = k.c LIMIT 1) x ON true
    WHERE m.is_here IS NULL OR x.last_seq > k.after
$$;

-- 4. The gates of gate.sql.
CREATE OR REPLACE FUNCTION priyom_chat_gate_v2() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_material = off
AS $$
DECLARE
    talks uuid[];
BEGIN
    SELECT array_agg(DISTINCT f.consultation_id) INTO talks FROM fresh f
    WHERE f.kind IN ('message', 'file', 'voice', 'video', 'call');
    IF talks IS NULL THEN
        RETURN NULL;
    END IF;
    -- Waits for a closing that is under way; the next statement then sees its outcome.
    PERFORM 1 FROM (SELECT u.id FROM unnest(talks) AS u(id) ORDER BY u.id) k
    CROSS JOIN LATERAL (SELECT FROM consultations_consultation t WHERE t.id = k.id
        LIMIT 1 FOR SHARE) c;
    IF EXISTS (
        SELECT 1 FROM consultations_consultation c
        WHERE c.id = ANY (talks) AND c.state NOT IN ('scheduled', 'in_progress')
    ) THEN
        RAISE EXCEPTION 'the chat of this consultation is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_chat_closed',
                TABLE = 'consultations_entry';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER consultations_chat_gate
    AFTER INSERT ON consultations_entry
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION priyom_chat_gate_v2();

CREATE OR REPLACE FUNCTION priyom_file_gate_v2() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_material = off
AS $$
BEGIN
    PERFORM 1 FROM consultations_consultation c WHERE c.id = NEW.consultation_id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM (
            SELECT w.kind FROM consultations_entry w
            WHERE w.consultation_id = NEW.consultation_id AND w.seq = NEW.seq LIMIT 1) e
        CROSS JOIN (
            SELECT t.state FROM consultations_consultation t
            WHERE t.id = NEW.consultation_id LIMIT 1) c
        WHERE e.kind IN ('message', 'file', 'voice', 'video', 'call')
            AND c.state NOT IN ('scheduled', 'in_progress')
    ) THEN
        RAISE EXCEPTION 'the chat of this consultation is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_chat_closed',
                TABLE = 'consultations_attachment';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER consultations_file_gate
    AFTER INSERT OR UPDATE OF seq ON consultations_attachment
    FOR EACH ROW WHEN (NEW.seq IS NOT NULL) EXECUTE FUNCTION priyom_file_gate_v2();
