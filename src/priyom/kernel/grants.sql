-- What each role may do; applied as the owner after every migration, idempotent.
-- The web is never the owner; the log and the audit are append-only for it;
-- the gateway has no right on tables, only EXECUTE (architecture.md 2).
GRANT USAGE ON SCHEMA public TO priyom_app, priyom_gateway, priyom_audit;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO priyom_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO priyom_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO priyom_app;
REVOKE UPDATE, DELETE, TRUNCATE ON consultations_entry FROM priyom_app;
REVOKE SELECT, UPDATE, DELETE, TRUNCATE ON audit_event FROM priyom_app;
REVOKE UPDATE, DELETE, TRUNCATE ON patients_change FROM priyom_app;
REVOKE DELETE ON consultations_consultation, consultations_consent, consultations_seal,
    consultations_attachment, consultations_member, conclusions_conclusion, conclusions_signature,
    archive_bundle, archive_hold, archive_sealsignature, archive_term, registry_registration, calls_call, calls_presence, intake_request, patients_patient, files_blob FROM priyom_app;
REVOKE ALL ON django_migrations FROM priyom_app;
GRANT SELECT ON django_migrations TO priyom_app;
GRANT SELECT ON audit_event TO priyom_audit;
DO $$
DECLARE
    f text;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure::text
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.proname LIKE 'priyom\_%'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO priyom_app', f);
        IF f ~ '^priyom_(append|replay|news|mark|behind|redeem|alive|open|stream|upload_begin|upload_find|upload_drop)_v' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO priyom_gateway', f);
        END IF;
    END LOOP;
END $$;
