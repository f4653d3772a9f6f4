"""Transcripts and archives of closed talks that somebody asked for."""

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table."""

    initial = True

    dependencies = [
        ('clinics', '0005_registry'),
        ('consultations', '0013_seal'),
        ('files', '0004_scan'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account', models.UUIDField()),
                ('kind', models.CharField(max_length=12)),
                ('asked_at', models.DateTimeField()),
                ('entries', models.PositiveIntegerField()),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('gone_at', models.DateTimeField(null=True)),
                ('blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('gone_at', None), ('made_at__isnull', False)), fields=['made_at'], name='archive_bundle_kept')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['transcript', 'zip'])), name='archive_bundle_kind'), models.CheckConstraint(condition=models.Q(models.Q(('blob', None), ('made_at', None)), models.Q(('blob__isnull', False), ('made_at__isnull', False)), _connector='OR'), name='archive_bundle_made')],
            },
        ),
    ]
