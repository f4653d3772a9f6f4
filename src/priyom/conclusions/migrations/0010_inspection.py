"""Files that visitors want checked, and the index that knows a signature by its digest."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table and an index."""

    dependencies = [
        ('conclusions', '0009_severity'),
    ]

    operations = [
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(db_index=True)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('body', models.BinaryField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('finding', models.CharField(blank=True, max_length=20)),
                ('told', models.JSONField(default=dict)),
                ('conclusion', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conclusions.conclusion')),
            ],
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['key'], name='conclusions_inspecting'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('body__isnull', False), ('done_at', None), ('finding', '')), models.Q(('body', None), ('done_at__isnull', False), models.Q(('finding', ''), _negated=True)), _connector='OR'), name='conclusions_inspection_forgets'),
        ),
        migrations.AddIndex(
            model_name='conclusion',
            index=models.Index(condition=models.Q(('digest', ''), _negated=True), fields=['digest'], name='conclusions_digest'),
        ),
    ]
