"""Terms of keeping and holds."""

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the two tables."""

    dependencies = [
        ('archive', '0001_bundle'),
        ('clinics', '0005_registry'),
        ('consultations', '0013_seal'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=500)),
                ('set_by', models.UUIDField()),
                ('set_by_name', models.CharField(max_length=200)),
                ('set_at', models.DateTimeField()),
                ('lifted_by', models.UUIDField(null=True)),
                ('lifted_by_name', models.CharField(blank=True, max_length=200)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.CharField(blank=True, max_length=500)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('consultation',), name='archive_one_hold'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='archive_hold_lifted')],
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('keeping', models.CharField(max_length=12)),
                ('years', models.PositiveSmallIntegerField()),
                ('set_by', models.UUIDField()),
                ('set_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'keeping'), name='archive_term_once'), models.CheckConstraint(condition=models.Q(models.Q(('keeping', 'document'), ('years__range', (25, 100))), models.Q(('keeping', 'talk'), ('years__range', (5, 100))), _connector='OR'), name='archive_term_years')],
            },
        ),
    ]
