"""The gateway's functions, from the text that stands beside the room."""

from pathlib import Path

from django.db import migrations

from priyom.kernel import sql

TICKET = Path(__file__).resolve().parents[1] / "ticket.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql.text(TICKET),
            "DROP FUNCTION priyom_redeem_v1(text); DROP FUNCTION priyom_alive_v1(uuid, boolean);",
        )
    ]
