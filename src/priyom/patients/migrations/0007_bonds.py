"""Representatives by their papers: kind, number, date and issuer, first day, end with a reason."""

import django.contrib.postgres.constraints
from django.db import migrations, models

import priyom.patients.models

PAPERS = r"""
UPDATE patients_representative r SET
    number = regexp_replace(
        r.proof, '^(свидетельство о рождении|свидетельство|акт об опеке|акт опеки|акт)\s+', '', 'i'),
    proof = CASE WHEN r.relation <> 'guardian' THEN 'birth'
                 WHEN p.birth_on > current_date - interval '18 years' THEN 'act'
                 ELSE 'court' END
FROM patients_patient p WHERE p.id = r.patient_id;
SET CONSTRAINTS ALL IMMEDIATE
"""
BACK = "UPDATE patients_representative SET proof = proof || ' ' || number"


def one_at_a_time(name, field, condition):
    days = priyom.patients.models.Days("since", "valid_until", models.Value("[]"))
    return migrations.AddConstraint(
        model_name="representative",
        constraint=django.contrib.postgres.constraints.ExclusionConstraint(
            name=name,
            expressions=[("patient", "="), (field, "="), (days, "&&")],
            condition=condition,
        ),
    )


class Migration(migrations.Migration):
    """What was one line of text becomes a number and a kind, told by relation and age."""

    dependencies = [("patients", "0006_doubles")]
    operations = [
        migrations.RemoveConstraint("representative", "patients_representative_once"),
        migrations.AddField(
            "representative", "number", models.CharField(default="", max_length=120), False
        ),
        migrations.AddField("representative", "issued_on", models.DateField(null=True)),
        migrations.AddField(
            "representative", "issued_by", models.CharField(blank=True, max_length=120, default=""),
            False,
        ),
        migrations.AddField("representative", "since", models.DateField(null=True)),
        migrations.AddField("representative", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "representative", "ended_why", models.CharField(blank=True, max_length=200, default=""),
            False,
        ),
        migrations.RunSQL(PAPERS, BACK),
        migrations.AlterField("representative", "proof", models.CharField(max_length=12)),
        migrations.AddIndex(
            "representative",
            models.Index(
                fields=["ended_at"],
                name="patients_bond_ended",
                condition=models.Q(ended_at__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "representative",
            models.CheckConstraint(
                name="patients_bond_paper",
                condition=models.Q(
                    relation__in=["mother", "father"], proof__in=["birth", "paternity", "adoption"]
                )
                | models.Q(relation="guardian", proof__in=["act", "court"]),
            ),
        ),
        migrations.AddConstraint(
            "representative",
            models.CheckConstraint(
                name="patients_bond_term",
                condition=models.Q(valid_until__gte=models.F("since")),
            ),
        ),
        one_at_a_time("patients_bond_once", "person", models.Q(ended_at=None)),
        one_at_a_time(
            "patients_bond_parent",
            "relation",
            models.Q(ended_at=None) & ~models.Q(relation="guardian"),
        ),
    ]
