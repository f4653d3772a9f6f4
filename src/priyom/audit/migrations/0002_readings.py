"""A patient may see who read what is theirs."""

from pathlib import Path

from django.db import migrations

from priyom.kernel import sql

READINGS = Path(__file__).resolve().parents[1] / "readings.sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql.text(READINGS), "DROP FUNCTION priyom_readings_v1(uuid, text[], integer);"
        ),
    ]
