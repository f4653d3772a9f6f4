"""The hot path and what the database itself refuses: log.sql and gate.sql."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).resolve().parents[1]
FORGET = """
DROP FUNCTION priyom_behind_v1, priyom_mark_v1, priyom_replay_v1, priyom_append_v1,
    priyom_files_v1, priyom_uuid7;
"""
OPEN = """
ALTER TABLE consultations_attachment DROP CONSTRAINT consultations_attachment_entry;
DROP FUNCTION priyom_chat_gate, priyom_log_stays, priyom_file_gate, priyom_consent_gate,
    priyom_end_stays CASCADE;
"""


class Migration(migrations.Migration):
    """Makes the functions, the triggers and the composite foreign key."""

    dependencies = [("consultations", "0002_numbers"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL((ROOM / "log.sql").read_text(encoding="utf-8"), FORGET),
        migrations.RunSQL((ROOM / "gate.sql").read_text(encoding="utf-8"), OPEN),
    ]
