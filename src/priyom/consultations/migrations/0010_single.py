"""What comes alone is written step by step, what rooms lack is read by one statement."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).resolve().parents[1]


class Migration(migrations.Migration):
    """Makes the functions; the versions before stay for gateways that still run."""

    dependencies = [("consultations", "0009_probes")]
    operations = [
        migrations.RunSQL(
            (ROOM / "single.sql").read_text(encoding="utf-8"), "DROP FUNCTION priyom_append_v4;"
        ),
        migrations.RunSQL(
            (ROOM / "news.sql").read_text(encoding="utf-8"), "DROP FUNCTION priyom_news_v1;"
        ),
    ]
