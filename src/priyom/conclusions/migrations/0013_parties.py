"""Who is in a document is kept as the cards stood."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column."""

    dependencies = [
        ('conclusions', '0012_withdrawn'),
    ]

    operations = [
        migrations.AddField(
            model_name='conclusion',
            name='parties',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
