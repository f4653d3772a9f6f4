"""A consent on paper keeps the picture of the signed sheet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the key."""

    dependencies = [("consultations", "0011_code"), ("files", "0004_scan")]
    operations = [
        migrations.AddField(
            "consent",
            "scan",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="files.blob",
            ),
        ),
    ]
