-- The organisation's signature under a manifest is written once and stays, even against its own
-- program (docs/decisions/0019-sealed-talks.md).
CREATE OR REPLACE FUNCTION priyom_seal_signature_kept() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'a signature under a manifest is neither changed nor deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'archive_seal_signature_kept',
            TABLE = TG_TABLE_NAME;
END
$$;
CREATE TRIGGER archive_seal_signature_kept
    BEFORE UPDATE OR DELETE ON archive_sealsignature
    FOR EACH ROW EXECUTE FUNCTION priyom_seal_signature_kept();
