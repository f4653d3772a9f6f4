"""The organisation's signature under the manifest of a seal."""

from pathlib import Path

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models

KEPT = Path(__file__).resolve().parents[1] / "seal_signature.sql"
OPEN = "DROP FUNCTION priyom_seal_signature_kept CASCADE;"


class Migration(migrations.Migration):
    """Makes the table and its trigger."""

    dependencies = [
        ('archive', '0002_keeping'),
        ('clinics', '0005_registry'),
        ('consultations', '0014_sealed_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealSignature',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('way', models.CharField(max_length=16)),
                ('owner', models.CharField(max_length=200)),
                ('serial', models.CharField(max_length=64)),
                ('certificate_until', models.DateTimeField()),
                ('cms', models.BinaryField()),
                ('signed_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.organisation')),
                ('seal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.seal')),
            ],
        ),
        migrations.RunSQL(KEPT.read_text(encoding="utf-8"), OPEN),
    ]
