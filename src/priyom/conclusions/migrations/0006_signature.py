"""Signatures as rows of their own; what a formed version keeps for its signature."""

from pathlib import Path

import django.db.models.deletion
import priyom.conclusions.rules
import priyom.kernel.ids
from django.db import migrations, models

KEPT = Path(__file__).resolve().parents[1] / "signature.sql"
OPEN = "DROP FUNCTION priyom_signature_kept CASCADE;"


class Migration(migrations.Migration):
    """Adds columns, a table and its trigger."""

    dependencies = [
        ('clinics', '0005_registry'),
        ('conclusions', '0005_xml'),
        ('files', '0004_scan'),
    ]

    operations = [
        migrations.AddField(
            model_name='conclusion',
            name='certificate',
            field=models.BinaryField(blank=True, default=b''),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='digest',
            field=models.CharField(blank=True, max_length=128),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='prepared_pdf',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob'),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='way',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(max_length=16)),
                ('form', models.CharField(max_length=8)),
                ('way', models.CharField(max_length=16)),
                ('owner', models.CharField(max_length=200)),
                ('serial', models.CharField(max_length=64)),
                ('certificate', models.BinaryField()),
                ('certificate_until', models.DateTimeField()),
                ('cms', models.BinaryField()),
                ('signed_at', models.DateTimeField()),
                ('stamped_at', models.DateTimeField(null=True)),
                ('conclusion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='conclusions.conclusion')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', [priyom.conclusions.rules.SignatureRole['DOCTOR'], priyom.conclusions.rules.SignatureRole['ORGANISATION']])), name='conclusions_signature_role'), models.CheckConstraint(condition=models.Q(('form__in', [priyom.conclusions.rules.SignatureForm['PADES'], priyom.conclusions.rules.SignatureForm['CADES']])), name='conclusions_signature_form'), models.UniqueConstraint(fields=('conclusion', 'role', 'document'), name='conclusions_signature_once')],
            },
        ),
        migrations.RunSQL(KEPT.read_text(encoding="utf-8"), OPEN),
    ]
