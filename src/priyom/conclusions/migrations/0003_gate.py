"""What the database itself refuses to change in a conclusion: gate.sql."""

from pathlib import Path

from django.db import migrations

GATE = Path(__file__).resolve().parents[1] / "gate.sql"
OPEN = "DROP FUNCTION priyom_conclusion_gate, priyom_conclusion_kept CASCADE;"


class Migration(migrations.Migration):
    """Makes the triggers."""

    dependencies = [("conclusions", "0002_measures")]
    operations = [migrations.RunSQL(GATE.read_text(encoding="utf-8"), OPEN)]
