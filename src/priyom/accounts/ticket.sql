-- The gateway's way in: a one-time pass for a session, and whether the session still lives.
-- Versioned: a changed meaning gets a new name, old gateways keep the old one.

CREATE OR REPLACE FUNCTION priyom_redeem_v1(ticket_hash text)
RETURNS TABLE (account uuid, session uuid, kind text)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    DELETE FROM accounts_ticket t
    USING accounts_session s, accounts_account a
    WHERE t.hash = ticket_hash
      AND t.expires_at > now()
      AND s.handle = t.session AND s.expire_date > now() AND s.account = t.account_id
      AND a.id = t.account_id AND a.is_active
    RETURNING t.account_id, t.session, t.kind::text
$$;

-- Whether the session lives. `active`: its person wrote through the socket since the last call;
-- that keeps it as a page would, half an hour at a time, twelve hours at most.
CREATE OR REPLACE FUNCTION priyom_alive_v1(session_handle uuid, active boolean DEFAULT false)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF active THEN
        UPDATE accounts_session s
        SET expire_date = greatest(
            s.expire_date, least(now() + interval '30 minutes', s.began_at + interval '12 hours'))
        WHERE s.handle = session_handle AND s.expire_date > now();
    END IF;
    RETURN EXISTS (
        SELECT FROM accounts_session s JOIN accounts_account a ON a.id = s.account
        WHERE s.handle = session_handle AND s.expire_date > now() AND a.is_active);
END
$$;
