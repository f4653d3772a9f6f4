"""Marks of advice and links to a conclusion."""

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models

class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('conclusions', '0004_sections'),
        ('consultations', '0012_scan'),
        ('intake', '0009_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('place', models.CharField(max_length=32)),
                ('is_clear', models.BooleanField()),
                ('by', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('conclusion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conclusions.conclusion')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.request')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conclusion', 'place'), name='aftercare_mark_once'), models.CheckConstraint(condition=models.Q(('is_clear', True), ('request__isnull', False), _connector='OR'), name='aftercare_unclear_is_asked')],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('made_by', models.UUIDField()),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('reader', models.CharField(blank=True, max_length=64)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation')),
            ],
            options={
                'indexes': [models.Index(fields=['consultation', 'made_at'], name='aftercare_shares')],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='aftercare_share_lives'), models.CheckConstraint(condition=models.Q(models.Q(('opened_at__isnull', True), ('reader', '')), models.Q(('opened_at__isnull', False), models.Q(('reader', ''), _negated=True)), _connector='OR'), name='aftercare_share_opened')],
            },
        ),
    ]
