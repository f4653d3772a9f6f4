"""How severe the state is, where the doctor says so."""

import priyom.conclusions.content
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column and its constraint."""

    dependencies = [
        ('conclusions', '0008_signed_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='conclusion',
            name='severity',
            field=models.CharField(blank=True, default='', max_length=16),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='conclusion',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', [priyom.conclusions.content.Severity['UNSAID'], priyom.conclusions.content.Severity['SATISFACTORY'], priyom.conclusions.content.Severity['MODERATE'], priyom.conclusions.content.Severity['SEVERE'], priyom.conclusions.content.Severity['CRITICAL']])), name='conclusions_severity'),
        ),
    ]
