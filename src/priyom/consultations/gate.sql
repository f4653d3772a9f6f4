-- What the database itself refuses, whoever asks: the last word after the rules in Python.
-- Own search_path with pg_temp last: nobody deceives a trigger with a temporary table.

-- 1. Into a frozen or closed log nobody writes what people send; acts write the rest.
CREATE OR REPLACE FUNCTION priyom_chat_gate() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
BEGIN
    -- Waits for a closing that is under way; the next statement then sees its outcome.
    PERFORM 1 FROM consultations_consultation c
    WHERE c.id IN (SELECT f.consultation_id FROM fresh f
        WHERE f.kind IN ('message', 'file', 'voice', 'video', 'call'))
    ORDER BY c.id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM fresh f JOIN consultations_consultation c ON c.id = f.consultation_id
        WHERE f.kind IN ('message', 'file', 'voice', 'video', 'call')
            AND c.state NOT IN ('scheduled', 'in_progress')
    ) THEN
        RAISE EXCEPTION 'the chat of this consultation is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_chat_closed',
                TABLE = 'consultations_entry';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER consultations_chat_gate
    AFTER INSERT ON consultations_entry
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION priyom_chat_gate();

-- 2. What stands in the log stays as it was written, the owner's own slips included.
CREATE OR REPLACE FUNCTION priyom_log_stays() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'entries of the log are never changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_log_stays',
            TABLE = TG_TABLE_NAME;
END
$$;
CREATE TRIGGER consultations_log_stays
    BEFORE UPDATE OR DELETE ON consultations_entry
    FOR EACH ROW EXECUTE FUNCTION priyom_log_stays();
CREATE TRIGGER consultations_sent_file_stays
    BEFORE UPDATE OF consultation_id, seq, blob_id, uploaded_by ON consultations_attachment
    FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION priyom_log_stays();
CREATE TRIGGER consultations_sent_file_kept
    BEFORE DELETE ON consultations_attachment
    FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION priyom_log_stays();

-- 3. A file is bound to an entry while the chat is open, or to an entry that an act wrote.
CREATE OR REPLACE FUNCTION priyom_file_gate() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM 1 FROM consultations_consultation c WHERE c.id = NEW.consultation_id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM consultations_entry e
        JOIN consultations_consultation c ON c.id = e.consultation_id
        WHERE e.consultation_id = NEW.consultation_id AND e.seq = NEW.seq
            AND e.kind IN ('message', 'file', 'voice', 'video', 'call')
            AND c.state NOT IN ('scheduled', 'in_progress')
    ) THEN
        RAISE EXCEPTION 'the chat of this consultation is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_chat_closed',
                TABLE = 'consultations_attachment';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER consultations_file_gate
    AFTER INSERT OR UPDATE OF seq ON consultations_attachment
    FOR EACH ROW WHEN (NEW.seq IS NOT NULL) EXECUTE FUNCTION priyom_file_gate();

-- 4. No talk without the given consent of this patient to this МО (323-ФЗ ст. 20).
CREATE OR REPLACE FUNCTION priyom_consent_gate() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    -- The lock holds a withdrawal back until this transaction ends.
    PERFORM 1 FROM consultations_consent k
    WHERE k.patient_id = NEW.patient_id AND k.organisation_id = NEW.organisation_id
        AND k.state = 'given'
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no given consent of this patient to this organisation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_consent_given',
                TABLE = 'consultations_consultation';
    END IF;
    RETURN NEW;
END
$$;
-- Whoever passes over the talk passes over the consent as little.
CREATE TRIGGER consultations_consent_gate
    BEFORE UPDATE OF state ON consultations_consultation
    FOR EACH ROW WHEN (NEW.state = 'in_progress' AND OLD.state <> 'in_progress'
        OR NEW.state IN ('concluding', 'completed')
            AND OLD.state NOT IN ('in_progress', 'concluding', 'completed'))
    EXECUTE FUNCTION priyom_consent_gate();
CREATE TRIGGER consultations_consent_gate_new
    BEFORE INSERT ON consultations_consultation
    FOR EACH ROW WHEN (NEW.state = 'in_progress') EXECUTE FUNCTION priyom_consent_gate();

-- 5. A terminal state never changes.
CREATE OR REPLACE FUNCTION priyom_end_stays() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'a consultation that ended does not change its state'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_end_stays',
            TABLE = 'consultations_consultation';
END
$$;
CREATE TRIGGER consultations_end_stays
    BEFORE UPDATE OF state ON consultations_consultation
    FOR EACH ROW WHEN (OLD.state IN ('completed', 'cancelled', 'no_show', 'returned')
        AND NEW.state IS DISTINCT FROM OLD.state)
    EXECUTE FUNCTION priyom_end_stays();

-- 6. Django cannot point at a composite key; the database can.
ALTER TABLE consultations_attachment ADD CONSTRAINT consultations_attachment_entry
    FOREIGN KEY (consultation_id, seq) REFERENCES consultations_entry (consultation_id, seq);
