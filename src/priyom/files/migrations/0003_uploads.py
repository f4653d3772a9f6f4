"""Uploads under way by tus, the permits for them, and the functions of their listener."""

from pathlib import Path

import priyom.kernel.ids
from django.db import migrations, models

ROOM = Path(__file__).resolve().parents[1]
FORGET = "DROP FUNCTION priyom_upload_begin_v1, priyom_upload_find_v1, priyom_upload_drop_v1;"


class Migration(migrations.Migration):
    """Makes the tables and the functions."""

    dependencies = [
        ('files', '0002_derivation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('account', models.UUIDField()),
                ('session', models.UUIDField()),
                ('subject', models.UUIDField()),
                ('room', models.BigIntegerField()),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='files_permit_expires')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account', models.UUIDField()),
                ('subject', models.UUIDField(db_index=True)),
                ('size', models.BigIntegerField()),
                ('metadata', models.CharField(blank=True, max_length=2000)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('bound_at', models.DateTimeField(null=True)),
                ('bound_to', models.UUIDField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('bound_at__isnull', True), ('bound_to__isnull', True)), models.Q(('bound_at__isnull', False), ('bound_to__isnull', False)), _connector='OR'), name='files_upload_bound'), models.CheckConstraint(condition=models.Q(('size__gte', 0)), name='files_upload_size')],
            },
        ),
        migrations.RunSQL((ROOM / "upload.sql").read_text(encoding="utf-8"), FORGET),
    ]
