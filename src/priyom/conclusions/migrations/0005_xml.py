"""The XML of a version is fixed with its PDF."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column."""

    dependencies = [
        ('conclusions', '0004_sections'),
        ('files', '0004_scan'),
    ]

    operations = [
        migrations.AddField(
            model_name='conclusion',
            name='formed_xml',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob'),
        ),
    ]
