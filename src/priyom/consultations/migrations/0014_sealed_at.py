"""What was sealed lately is found without reading all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds an index."""

    dependencies = [
        ('consultations', '0013_seal'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='seal',
            index=models.Index(condition=models.Q(('sealed_at__isnull', False)), fields=['sealed_at'], name='consultations_sealed_at'),
        ),
    ]
