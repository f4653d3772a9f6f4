-- The hot path of the log: one call is one round trip, one transaction, one flush for a whole batch.
-- The functions check membership and state themselves; the gateway's role has no right on tables.
-- A published version is never edited: a change is a new _vN beside it and a new migration.

-- UUIDv7 on PostgreSQL 15; the keys of audit rows that no program makes.
CREATE OR REPLACE FUNCTION priyom_uuid7() RETURNS uuid
LANGUAGE sql VOLATILE
SET search_path = public, pg_temp
AS $$
    SELECT encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;

-- batch: [{c: consultation, a: account, k: client key, kind, body, refers, files: [attachment],
--          data, s: session, ip}], in the order of arrival, one consultation's messages together or not.
-- Answer, one row for each, ix from 0: stored | repeat (seq and at of the first one) | busy (somebody
-- holds the consultation: send it again in the next batch, before newer ones of this consultation)
-- | stranger | closed | bad.
-- Lock, then read, then write, each with its own snapshot: so a rival's repeat is seen and no number
-- is burnt. That needs READ COMMITTED. The planner is told to go by the keys: a plan that was made
-- while the tables were small lives as long as the gateway's connection.
CREATE OR REPLACE FUNCTION priyom_append_v1(batch jsonb, origin text)
RETURNS TABLE (ix integer, verdict text, seq integer, at timestamptz, files jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    held uuid[];
    bases integer[];
    moment timestamptz;
    told text;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'priyom_append needs READ COMMITTED' USING ERRCODE = '25001';
    END IF;

    -- NO KEY: the foreign keys of others may point here meanwhile. In id order, and never waiting.
    SELECT array_agg(l.id), array_agg(l.last_seq) INTO held, bases
    FROM (
        SELECT c.id, c.last_seq FROM consultations_consultation c
        WHERE c.id IN (SELECT (b.item ->> 'c')::uuid FROM jsonb_array_elements(batch) AS b(item))
        ORDER BY c.id
        FOR NO KEY UPDATE SKIP LOCKED
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
        LEFT JOIN consultations_consultation c ON c.id = i.c
        LEFT JOIN consultations_member m
            ON m.consultation_id = i.c AND m.account_id = i.a AND m.until IS NULL
        LEFT JOIN consultations_entry e
            ON e.consultation_id = i.c AND e.author = i.a AND e.client_key = i.k
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
        WHERE n.verdict = 'stored' AND cardinality(n.own) > 0 AND f.id = ANY (n.own)
    ), advanced AS (
        UPDATE consultations_consultation c SET last_seq = s.high
        FROM (SELECT n.c, max(n.next_seq) AS high FROM numbered n
            WHERE n.verdict = 'stored' GROUP BY n.c) s
        WHERE c.id = s.c
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
            JOIN consultations_consultation c ON c.id = h.id
            WHERE c.last_seq > h.base
        ) p GROUP BY p.part
    LOOP
        PERFORM pg_notify('priyom_log', concat(origin, '|', told));
    END LOOP;
END
$$;

-- What a page needs to show the given attachments; never where the bytes stand.
CREATE OR REPLACE FUNCTION priyom_files_v1(ids uuid[]) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = public, pg_temp
AS $$
    SELECT jsonb_agg(jsonb_build_object(
        'id', f.id, 'name', f.name, 'kind', b.kind, 'media_type', b.media_type, 'size', b.size,
        'seconds', b.seconds, 'width', b.width, 'height', b.height) ORDER BY f.uploaded_at, f.id)
    FROM consultations_attachment f JOIN files_blob b ON b.sha256 = f.blob_id
    WHERE f.id = ANY (ids)
$$;

-- The entries with a number above `after`, at most `lim`, for a member; null for everybody else.
-- {state, last, members: [{account, side, name, delivered, read}], entries: [{seq, kind, author,
--  side, name, k, refers, body, data, at, files}]}; instants as ISO 8601 in UTC.
CREATE OR REPLACE FUNCTION priyom_replay_v1(account uuid, consultation uuid, after integer, lim integer)
RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
    SELECT jsonb_build_object(
        'state', c.state,
        'last', c.last_seq,
        'members', (
            SELECT jsonb_agg(jsonb_build_object('account', o.account_id, 'side', o.side,
                'name', o.name, 'delivered', o.delivered_seq, 'read', o.read_seq) ORDER BY o.since)
            FROM consultations_member o WHERE o.consultation_id = c.id AND o.until IS NULL),
        'entries', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'seq', e.seq, 'kind', e.kind, 'author', e.author, 'side', e.side,
                'name', e.author_name, 'k', e.client_key, 'refers', e.refers_to_seq,
                'body', e.body, 'data', e.data,
                'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                'files', CASE WHEN e.kind IN ('file', 'voice', 'video') THEN (
                    SELECT priyom_files_v1(array_agg(f.id)) FROM consultations_attachment f
                    WHERE f.consultation_id = e.consultation_id AND f.seq = e.seq) END
                ) ORDER BY e.seq)
            FROM (
                SELECT * FROM consultations_entry x
                WHERE x.consultation_id = c.id AND x.seq > $3
                ORDER BY x.seq LIMIT least($4, 1000)
            ) e), '[]'::jsonb))
    FROM consultations_member m JOIN consultations_consultation c ON c.id = m.consultation_id
    WHERE m.consultation_id = $2 AND m.account_id = $1 AND m.until IS NULL
$$;

-- How far a member's devices got and how far the person read; never goes back, never past the end.
-- Answers [delivered, read] as they stand now, null for strangers.
CREATE OR REPLACE FUNCTION priyom_mark_v1(account uuid, consultation uuid, delivered integer, read integer)
RETURNS integer[]
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    UPDATE consultations_member m
    SET delivered_seq = greatest(m.delivered_seq, least(greatest($3, $4), c.last_seq)),
        read_seq = greatest(m.read_seq, least($4, c.last_seq))
    FROM consultations_consultation c
    WHERE m.consultation_id = $2 AND m.account_id = $1 AND m.until IS NULL AND c.id = $2
    RETURNING ARRAY[m.delivered_seq, m.read_seq]
$$;

-- Which of the given chats a process must ask for again: [{a: account, c: consultation, after}] →
-- rows (c, a) where something newer stands in the log or the account is no member any more.
CREATE OR REPLACE FUNCTION priyom_behind_v1(known jsonb)
RETURNS TABLE (c uuid, a uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
    SELECT k.c, k.a
    FROM jsonb_to_recordset(known) AS k(a uuid, c uuid, after integer)
    LEFT JOIN consultations_member m
        ON m.consultation_id = k.c AND m.account_id = k.a AND m.until IS NULL
    LEFT JOIN consultations_consultation x ON x.id = k.c
    WHERE m.id IS NULL OR x.last_seq > k.after
$$;
