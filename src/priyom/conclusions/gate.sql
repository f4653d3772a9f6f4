-- A conclusion keeps its promise even against its own program (docs/decisions/0008-signed-conclusions-stay.md):
-- content changes in a draft only, states follow rules.CONCLUSION, what is signed stays as it is.
CREATE OR REPLACE FUNCTION priyom_conclusion_gate() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'formed'), ('formed', 'draft'), ('formed', 'signed'),
        ('signed', 'amended'), ('signed', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'a conclusion does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'conclusions_state_path',
                TABLE = TG_TABLE_NAME;
    END IF;
    -- What was signed: all but state and reason stays.
    IF OLD.state IN ('signed', 'amended', 'withdrawn') AND
        (to_jsonb(NEW) - 'state' - 'reason') <> (to_jsonb(OLD) - 'state' - 'reason')
    -- What waits for its signature: all but the signature's own columns stays.
    OR OLD.state = 'formed' AND NEW.state IN ('formed', 'signed') AND
        (to_jsonb(NEW) - 'state' - 'reason' - 'signed_at' - 'signed_pdf_id')
        <> (to_jsonb(OLD) - 'state' - 'reason' - 'signed_at' - 'signed_pdf_id')
    -- Whose conclusion it is, which version and under which code never changes.
    OR (NEW.id, NEW.consultation_id, NEW.organisation_id, NEW.version, NEW.check_code)
        IS DISTINCT FROM (OLD.id, OLD.consultation_id, OLD.organisation_id, OLD.version, OLD.check_code)
    THEN
        RAISE EXCEPTION 'a formed or signed conclusion does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'conclusions_signed_stays',
                TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER conclusions_gate
    BEFORE UPDATE ON conclusions_conclusion
    FOR EACH ROW EXECUTE FUNCTION priyom_conclusion_gate();

CREATE OR REPLACE FUNCTION priyom_conclusion_kept() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'a conclusion is never deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'conclusions_kept', TABLE = TG_TABLE_NAME;
END
$$;
CREATE TRIGGER conclusions_kept
    BEFORE DELETE ON conclusions_conclusion
    FOR EACH ROW EXECUTE FUNCTION priyom_conclusion_kept();
