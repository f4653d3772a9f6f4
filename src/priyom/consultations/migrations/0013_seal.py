"""Seals of closed talks; seal.sql asks for those of the talks that closed before."""

from pathlib import Path

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models


SEAL = Path(__file__).resolve().parents[1] / "seal.sql"
OPEN = "DROP FUNCTION priyom_seal_stays CASCADE;"


class Migration(migrations.Migration):
    """Makes the table, its triggers, and the first seals that wait."""

    dependencies = [
        ('clinics', '0005_registry'),
        ('consultations', '0012_scan'),
        ('files', '0004_scan'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('part', models.PositiveSmallIntegerField()),
                ('entries', models.PositiveIntegerField(default=0)),
                ('head', models.CharField(blank=True, max_length=64)),
                ('asked_at', models.DateTimeField()),
                ('sealed_at', models.DateTimeField(null=True)),
                ('consultation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='consultations.consultation')),
                ('manifest', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sealed_at', None)), fields=['asked_at'], name='consultations_unsealed')],
                'constraints': [models.UniqueConstraint(fields=('consultation', 'part'), name='consultations_seal_part'), models.UniqueConstraint(condition=models.Q(('sealed_at', None)), fields=('consultation',), name='consultations_one_unsealed'), models.CheckConstraint(condition=models.Q(models.Q(('head', ''), ('manifest', None), ('sealed_at', None)), models.Q(('entries__gt', 0), ('manifest__isnull', False), ('sealed_at__isnull', False), models.Q(('head', ''), _negated=True)), _connector='OR'), name='consultations_sealed')],
            },
        ),
        migrations.RunSQL(SEAL.read_text(encoding="utf-8"), OPEN),
    ]
