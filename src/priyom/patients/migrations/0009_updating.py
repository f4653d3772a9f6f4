"""How many cards a file has changed, when that was asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the count."""

    dependencies = [("patients", "0008_alias")]
    operations = [
        migrations.AddField("import", "updated", models.PositiveIntegerField(default=0)),
    ]
