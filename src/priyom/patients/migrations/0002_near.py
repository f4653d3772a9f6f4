"""A birth date alone finds people too; near families are found whatever the database's locale."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the index by birth, moves the dictionary's trigrams to ASCII signs."""

    dependencies = [("patients", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["birth_on", "family_key"], name="patients_born"),
        ),
        migrations.RemoveIndex(model_name="family", name="patients_family_trgm"),
        migrations.AddIndex(
            model_name="family",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func(
                        models.F("family_key"),
                        models.Value("абвгдежзийклмнопрстуфхцчшщъыьэюя"),
                        models.Value("abvgdewzijklmnoprstufhcqx12y3456"),
                        function="TRANSLATE",
                    ),
                    name="gin_trgm_ops",
                ),
                name="patients_family_near",
            ),
        ),
    ]
