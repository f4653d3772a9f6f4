"""The hot path by single keys, whatever plan a connection keeps: probes.sql."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).resolve().parents[1]
FORGET = """
CREATE OR REPLACE TRIGGER consultations_chat_gate
    AFTER INSERT ON consultations_entry
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION priyom_chat_gate();
CREATE OR REPLACE TRIGGER consultations_file_gate
    AFTER INSERT OR UPDATE OF seq ON consultations_attachment
    FOR EACH ROW WHEN (NEW.seq IS NOT NULL) EXECUTE FUNCTION priyom_file_gate();
DROP FUNCTION priyom_append_v3, priyom_judge_v1, priyom_mark_v2, priyom_behind_v2,
    priyom_chat_gate_v2, priyom_file_gate_v2;
"""


class Migration(migrations.Migration):
    """Makes the functions; the versions before stay for gateways that still run."""

    dependencies = [("consultations", "0008_append")]
    operations = [migrations.RunSQL((ROOM / "probes.sql").read_text(encoding="utf-8"), FORGET)]
