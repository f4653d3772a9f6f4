"""The requests of a МО by the day on which they were asked, closed ones too: the head's figures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies = [("intake", "0004_proposals")]
    operations = [
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["organisation", "asked_at"], name="intake_asked"),
        ),
    ]
