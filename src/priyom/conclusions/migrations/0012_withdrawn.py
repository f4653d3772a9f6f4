"""What was withdrawn is found without reading all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds an index."""

    dependencies = [
        ('conclusions', '0011_obstacle'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='conclusion',
            index=models.Index(condition=models.Q(('state', 'withdrawn')), fields=['id'], name='conclusions_withdrawn'),
        ),
    ]
