"""Pairs of cards that may be one person's, and merges with what they changed."""

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the tables of doubles and merges."""

    dependencies = [
        ("patients", "0005_details"),
    ]

    operations = [
        migrations.CreateModel(
            name="Double",
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
                ("chance", models.FloatField()),
                ("bits", models.FloatField()),
                ("levels", models.JSONField(default=dict)),
                ("found_at", models.DateTimeField()),
                ("verdict", models.CharField(blank=True, max_length=10)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "other",
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
                        condition=models.Q(("verdict", "")),
                        fields=["-chance", "-bits", "id"],
                        name="patients_double_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="patients_double_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))),
                        name="patients_double_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["", "same", "different"])),
                        name="patients_double_verdict",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
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
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("moved", models.JSONField(default=list)),
                ("added", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.UUIDField(null=True)),
                (
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("merged",),
                        name="patients_merged_once",
                    )
                ],
            },
        ),
    ]
