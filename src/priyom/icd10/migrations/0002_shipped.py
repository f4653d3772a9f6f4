"""Our list of frequent codes comes with the room."""

from typing import Any

from django.db import migrations

from priyom.icd10.actions import ship


def _ship(apps: Any, _: Any) -> None:
    ship(*(apps.get_model("icd10", name) for name in ("Code", "Synonym", "Word")))


class Migration(migrations.Migration):
    """Fills the tables; a way back leaves the rows to the tables' own removal."""

    dependencies = [("icd10", "0001_initial")]
    operations = [migrations.RunPython(_ship, migrations.RunPython.noop)]
