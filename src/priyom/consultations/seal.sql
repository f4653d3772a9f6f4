-- What is sealed stays as it was sealed (docs/decisions/0019-sealed-talks.md).
CREATE OR REPLACE FUNCTION priyom_seal_stays() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'a seal is never changed or removed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_seal_stays',
            TABLE = TG_TABLE_NAME;
END
$$;
CREATE TRIGGER consultations_seal_stays
    BEFORE UPDATE ON consultations_seal
    FOR EACH ROW WHEN (OLD.sealed_at IS NOT NULL) EXECUTE FUNCTION priyom_seal_stays();
CREATE TRIGGER consultations_seal_kept
    BEFORE DELETE ON consultations_seal
    FOR EACH ROW EXECUTE FUNCTION priyom_seal_stays();

-- Talks that closed before there were seals get theirs from the worker.
INSERT INTO consultations_seal (id, consultation_id, organisation_id, part, entries, head, asked_at)
SELECT gen_random_uuid(), c.id, c.organisation_id, 1, 0, '', c.ended_at
FROM consultations_consultation c
WHERE c.state IN ('completed', 'cancelled', 'no_show', 'returned');
