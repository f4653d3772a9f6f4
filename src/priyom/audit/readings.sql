-- Who of the staff read these things of a card, a row for each person and day (Moscow's), newest
-- first. The web has no right on the audit itself; this shows a patient no address and no session.
CREATE OR REPLACE FUNCTION priyom_readings_v1(card uuid, things text[], most integer)
RETURNS TABLE (at timestamptz, times bigint, account uuid, actor_kind text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT max(e.at), count(*), e.account, e.actor_kind
    FROM audit_event e
    WHERE e.patient = card AND e.subject = ANY(things) AND e.result = 'read'
        AND e.actor_kind IN ('doctor', 'registrar', 'head')
    GROUP BY e.account, e.actor_kind, (e.at AT TIME ZONE 'Europe/Moscow')::date
    ORDER BY max(e.at) DESC
    LIMIT most
$$;
