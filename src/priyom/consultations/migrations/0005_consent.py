"""No way round the consent past the talk itself; for databases made before gate.sql said so."""

from django.db import migrations

GATE = """
DROP TRIGGER consultations_consent_gate ON consultations_consultation;
CREATE TRIGGER consultations_consent_gate
    BEFORE UPDATE OF state ON consultations_consultation
    FOR EACH ROW WHEN (NEW.state = 'in_progress' AND OLD.state <> 'in_progress'
        OR NEW.state IN ('concluding', 'completed')
            AND OLD.state NOT IN ('in_progress', 'concluding', 'completed'))
    EXECUTE FUNCTION priyom_consent_gate();
"""


class Migration(migrations.Migration):
    """Asks for the consent on every way into the talk and past it."""

    dependencies = [("consultations", "0004_keys")]
    operations = [migrations.RunSQL(GATE, migrations.RunSQL.noop)]
