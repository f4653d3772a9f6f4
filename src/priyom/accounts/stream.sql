-- A stream: what a ticket opens over plain HTTP. Its secret comes with each request of it, to any
-- gateway process; it leads to one account in one consultation and dies with the session.
-- Versioned: a changed meaning gets a new name, old gateways keep the old one.

CREATE OR REPLACE FUNCTION priyom_open_v1(ticket_hash text, stream_hash text, talk uuid)
RETURNS TABLE (account uuid, session uuid, kind text)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH who AS MATERIALIZED (
        SELECT r.account, r.session, r.kind FROM priyom_redeem_v1(ticket_hash) r
    ), opened AS (
        INSERT INTO accounts_stream (hash, account_id, session, consultation, opened_at)
        SELECT stream_hash, w.account, w.session, talk, now() FROM who w
    )
    SELECT w.account, w.session, w.kind FROM who w
$$;

-- Whose stream it is, while the session lives; `active` as in priyom_alive_v1.
CREATE OR REPLACE FUNCTION priyom_stream_v1(stream_hash text, active boolean)
RETURNS TABLE (account uuid, session uuid, consultation uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH found AS MATERIALIZED (
        SELECT s.account_id, s.session, s.consultation FROM accounts_stream s
        WHERE s.hash = stream_hash
    )
    SELECT f.account_id, f.session, f.consultation FROM found f
    WHERE priyom_alive_v1(f.session, active)
$$;
