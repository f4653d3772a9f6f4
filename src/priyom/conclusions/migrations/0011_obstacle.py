"""Why a signed version does not get the organisation's signature."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table."""

    dependencies = [
        ("clinics", "0006_ogrn"),
        ("conclusions", "0010_inspection"),
    ]

    operations = [
        migrations.CreateModel(
            name="Obstacle",
            fields=[
                ("conclusion", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="obstacle", serialize=False, to="conclusions.conclusion")),
                ("code", models.CharField(max_length=40)),
                ("tried_at", models.DateTimeField()),
                ("organisation", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.organisation")),
            ],
        ),
    ]
