-- A signature is written once and stays, even against its own program
-- (docs/decisions/0008-signed-conclusions-stay.md, docs/decisions/0017-signing.md).
CREATE OR REPLACE FUNCTION priyom_signature_kept() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'a signature is neither changed nor deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'conclusions_signature_kept',
            TABLE = TG_TABLE_NAME;
END
$$;
CREATE TRIGGER conclusions_signature_kept
    BEFORE UPDATE OR DELETE ON conclusions_signature
    FOR EACH ROW EXECUTE FUNCTION priyom_signature_kept();
