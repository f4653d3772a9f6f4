"""The log's second append: append.sql."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).resolve().parents[1]


class Migration(migrations.Migration):
    """Makes the function; version 1 stays for gateways that still run."""

    dependencies = [("consultations", "0007_tail")]
    operations = [
        migrations.RunSQL(
            (ROOM / "append.sql").read_text(encoding="utf-8"), "DROP FUNCTION priyom_append_v2"
        ),
    ]
