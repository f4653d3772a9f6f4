"""What was signed lately is found without reading all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds an index."""

    dependencies = [
        ('conclusions', '0007_templates'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='conclusion',
            index=models.Index(condition=models.Q(('signed_at__isnull', False)), fields=['signed_at'], name='conclusions_signed'),
        ),
    ]
