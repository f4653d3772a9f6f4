-- Files under way, for a process that has no right on tables: the upload listener (files/uploads.py).
-- A permit says who sends into what, and was given after the right to it had been asked.
-- Versioned: a changed meaning gets a new name.

-- Keeps a new upload. verdict: made | stranger (no such permit) | full (no room in the subject)
-- | many (too many unfinished ones).
CREATE OR REPLACE FUNCTION priyom_upload_begin_v1(
    permit_hash text, key uuid, length bigint, told text, lives interval, most integer)
RETURNS TABLE (verdict text, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held files_permit;
    taken bigint;
    waiting bigint;
    until timestamptz := now() + lives;
BEGIN
    SELECT * INTO held FROM files_permit p WHERE p.hash = permit_hash AND p.expires_at > now();
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'stranger', NULL::timestamptz;
        RETURN;
    END IF;
    -- One at a time, or two together would take the last room twice.
    PERFORM pg_advisory_xact_lock(hashtextextended('files_upload ' || held.subject, 0));
    -- What was bound before the permit is already out of its room.
    SELECT coalesce(sum(u.size), 0), count(*) FILTER (WHERE u.bound_at IS NULL)
    INTO taken, waiting
    FROM files_upload u
    WHERE u.subject = held.subject AND u.expires_at > now()
        AND (u.bound_at IS NULL OR u.bound_at > held.issued_at);
    IF taken + length > held.room THEN
        RETURN QUERY SELECT 'full', NULL::timestamptz;
    ELSIF waiting >= most THEN
        RETURN QUERY SELECT 'many', NULL::timestamptz;
    ELSE
        INSERT INTO files_upload (id, account, subject, size, metadata, expires_at)
        VALUES (key, held.account, held.subject, length, told, until);
        RETURN QUERY SELECT 'made', until;
    END IF;
END
$$;

-- One upload as its sender may know it; no row: no such permit; `length` null: not theirs.
CREATE OR REPLACE FUNCTION priyom_upload_find_v1(permit_hash text, key uuid)
RETURNS TABLE (length bigint, told text, expires_at timestamptz, is_over boolean, is_bound boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT u.size, u.metadata, u.expires_at, u.expires_at <= now(), u.bound_at IS NOT NULL
    FROM files_permit p
    LEFT JOIN files_upload u ON u.id = key AND u.account = p.account AND u.subject = p.subject
    WHERE p.hash = permit_hash AND p.expires_at > now()
$$;

-- Forgets an upload of the permit's holder that belongs to no message yet; true when there was one.
CREATE OR REPLACE FUNCTION priyom_upload_drop_v1(permit_hash text, key uuid)
RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM files_upload u USING files_permit p
        WHERE u.id = key AND u.bound_at IS NULL AND u.account = p.account
            AND u.subject = p.subject AND p.hash = permit_hash AND p.expires_at > now()
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM gone)
$$;
