"""Files of cards: how far each is loaded, and the number that a card has in its own system."""

from django.db import migrations, models

import priyom.kernel.ids


class Migration(migrations.Migration):
    """Makes the table of imports."""

    dependencies = [("patients", "0003_city")]
    operations = [
        migrations.AddField(
            model_name="patient",
            name="outer_number",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=priyom.kernel.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("source", models.CharField(max_length=30)),
                ("digest", models.CharField(max_length=64)),
                ("lines", models.PositiveIntegerField(default=0)),
                ("offset", models.PositiveBigIntegerField(default=0)),
                ("made", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("differing", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("begun_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "digest"), name="patients_import_once"
                    )
                ],
            },
        ),
    ]
