"""The hot path goes by its two unique keys; log.sql again for databases made before."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

ROOM = Path(__file__).resolve().parents[1]
GATE = """
ALTER FUNCTION priyom_chat_gate() SET enable_hashjoin = off;
ALTER FUNCTION priyom_chat_gate() SET enable_mergejoin = off;
ALTER FUNCTION priyom_chat_gate() SET enable_seqscan = off;
"""


class Migration(migrations.Migration):
    """Drops two indexes of the log that no query needs."""

    dependencies = [("clinics", "0001_initial"), ("consultations", "0003_log")]
    operations = [
        migrations.AlterField(
            model_name="entry",
            name="consultation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="consultations.consultation",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.organisation",
            ),
        ),
        migrations.RunSQL(
            (ROOM / "log.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
        migrations.RunSQL(GATE, migrations.RunSQL.noop),
    ]
