"""The function that reads the last turn of each chat for the promise clock: tail.sql."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).resolve().parents[1]
FORGET = "DROP FUNCTION priyom_tail_v1"


class Migration(migrations.Migration):
    """Makes the function."""

    dependencies = [("consultations", "0006_promises")]
    operations = [migrations.RunSQL((ROOM / "tail.sql").read_text(encoding="utf-8"), FORGET)]
