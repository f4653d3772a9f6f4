"""The chat over plain HTTP: streams that a ticket opens, and the functions that know them."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from priyom.kernel import sql

STREAM = Path(__file__).resolve().parents[1] / "stream.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_tickets")]

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("session", models.UUIDField(db_index=True)),
                ("consultation", models.UUIDField()),
                ("opened_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            sql.text(STREAM),
            "DROP FUNCTION priyom_open_v1(text, text, uuid); "
            "DROP FUNCTION priyom_stream_v1(text, boolean);",
        ),
    ]
