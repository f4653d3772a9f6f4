"""Numbers that cards have in other indexes."""

import django.db.models.deletion
from django.db import migrations, models

import priyom.kernel.ids


class Migration(migrations.Migration):
    """Makes the table of aliases."""

    dependencies = [("patients", "0007_bonds")]
    operations = [
        migrations.CreateModel(
            name="Alias",
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
                ("source", models.CharField(max_length=100)),
                ("number", models.CharField(max_length=100)),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="patients.patient",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="alias",
            constraint=models.UniqueConstraint(
                fields=["source", "number"], name="patients_alias_once"
            ),
        ),
    ]
