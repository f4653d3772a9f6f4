"""Lists of revoked certificates."""

import django.db.models.deletion
import priyom.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds two tables."""

    dependencies = [("conclusions", "0013_parties")]

    operations = [
        migrations.CreateModel(
            name="RevocationList",
            fields=[
                ("id", models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=400, unique=True)),
                ("authority", models.CharField(blank=True, db_index=True, max_length=64)),
                ("issuer", models.CharField(blank=True, max_length=300)),
                ("issued_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField()),
                ("fault", models.CharField(blank=True, max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name="Revoked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=64)),
                ("revoked_at", models.DateTimeField()),
                ("listed_in", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="revoked", to="conclusions.revocationlist")),
            ],
        ),
        migrations.AddConstraint(
            model_name="revoked",
            constraint=models.UniqueConstraint(fields=("listed_in", "serial"), name="conclusions_revoked_once"),
        ),
    ]
