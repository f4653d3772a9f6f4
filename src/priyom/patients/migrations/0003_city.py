"""The index for six million cards: near words by their keys, one index for names."""

from pathlib import Path

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models.functions import Lower, Replace

ROOM = Path(__file__).resolve().parents[1]
COUNT = """
INSERT INTO patients_given (given_key, people)
SELECT given_key, count(*) FROM patients_patient GROUP BY 1
"""


def key(field):
    russian = models.Func(
        models.F(field),
        models.Value("ABCEHKMOPTXYaceopxy"),
        models.Value("АВСЕНКМОРТХУасеорху"),
        function="TRANSLATE",
    )
    is_russian = models.Q(**{f"{field}__regex": "[а-яёА-ЯЁ]"})
    plain = models.Case(models.When(is_russian, then=russian), default=models.F(field))
    return Replace(
        Replace(Lower(plain), models.Value("ё"), models.Value("е")),
        models.Value("-"),
        models.Value(" "),
    )


def near(field, name):
    keys = models.Func(models.F(field), function="priyom_near_keys_v1")
    return django.contrib.postgres.indexes.GinIndex(keys, name=name, fastupdate=False)


class Migration(migrations.Migration):
    """Drops the indexes for LIKE that nobody asked; Latin look-alikes are letters of names too."""

    dependencies = [("patients", "0002_near")]
    operations = [
        migrations.RunSQL(
            (ROOM / "near.sql").read_text(encoding="utf-8"), "DROP FUNCTION priyom_near_keys_v1"
        ),
        migrations.RemoveIndex(model_name="family", name="patients_family_near"),
        migrations.AddIndex(
            model_name="family", index=near("family_key", "patients_family_near")
        ),
        migrations.RemoveIndex(model_name="patient", name="patients_name_birth"),
        migrations.RemoveIndex(model_name="patient", name="patients_born"),
        *(
            migrations.RemoveField(model_name="patient", name=f"{name}_key")
            for name in ("family", "given", "patronymic")
        ),
        *(
            migrations.AddField(
                model_name="patient",
                name=f"{name}_key",
                field=models.GeneratedField(
                    db_persist=True,
                    expression=key(name),
                    output_field=models.CharField(db_collation="C", max_length=100),
                ),
            )
            for name in ("family", "given", "patronymic")
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["birth_on"], name="patients_born"),
        ),
        migrations.CreateModel(
            name="Given",
            fields=[
                (
                    "given_key",
                    models.CharField(
                        db_collation="C", max_length=100, primary_key=True, serialize=False
                    ),
                ),
                ("people", models.PositiveIntegerField()),
            ],
            options={"indexes": [near("given_key", "patients_given_near")]},
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                fields=["family_key", "given_key", "birth_on", "patronymic_key"],
                name="patients_names",
            ),
        ),
        *(
            migrations.AlterField(
                model_name="patient",
                name=name,
                field=models.CharField(max_length=length, null=True),
            )
            for name, length in (("snils", 11), ("enp", 16))
        ),
        *(
            migrations.AlterField(
                model_name="patient",
                name=name,
                field=models.CharField(blank=True, max_length=length),
            )
            for name, length in (("document", 40), ("phone", 16))
        ),
        *(
            migrations.AddConstraint(
                model_name="patient",
                constraint=models.UniqueConstraint(fields=[name], name=f"patients_{name}"),
            )
            for name in ("snils", "enp")
        ),
        *(
            migrations.AddIndex(
                model_name="patient",
                index=models.Index(
                    condition=models.Q((name, ""), _negated=True),
                    fields=[name],
                    name=f"patients_{name}",
                ),
            )
            for name in ("document", "phone")
        ),
    ]
