"""Further details of cards, their history, death, and which card stays of two."""

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the tables of details and changes."""

    dependencies = [
        ("clinics", "0003_doctor_speciality"),
        ("patients", "0004_import"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
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
                ("at", models.DateTimeField()),
                ("account", models.UUIDField()),
                ("actor_kind", models.CharField(max_length=16)),
                ("name", models.CharField(blank=True, max_length=150)),
                ("act", models.CharField(max_length=20)),
                ("field", models.CharField(max_length=20)),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Detail",
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
                ("kind", models.CharField(max_length=8)),
                ("form", models.CharField(max_length=12)),
                ("value", models.CharField(max_length=254)),
                ("note", models.CharField(blank=True, max_length=120)),
                ("verified_at", models.DateTimeField(null=True)),
                ("until", models.DateField(null=True)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name="patient",
            name="died_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="patients.patient",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="patients_merged",
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="detail",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="details",
                to="patients.patient",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["patient", "at"], name="patients_change_at"),
        ),
        migrations.AddIndex(
            model_name="detail",
            index=models.Index(fields=["value", "kind"], name="patients_detail_value"),
        ),
        migrations.AddConstraint(
            model_name="detail",
            constraint=models.UniqueConstraint(
                fields=("patient", "kind", "value"), name="patients_detail_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="detail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["phone", "email", "address", "document", "policy"])
                ),
                name="patients_detail_kind",
            ),
        ),
    ]
