"""Codes by which patients say yes to a doctor on the spot."""

import django.db.models.deletion
from django.db import migrations, models

import priyom.kernel.ids


class Migration(migrations.Migration):
    """Adds the table."""

    dependencies = [
        ("clinics", "0005_registry"),
        ("intake", "0008_worklist"),
        ("patients", "0006_doubles"),
    ]
    operations = [
        migrations.CreateModel(
            name="ConsentCode",
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
                ("asked_by", models.UUIDField()),
                ("digest", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["patient", "organisation", "sent_at"], name="intake_codes"
                    )
                ]
            },
        ),
    ]
