"""Search by speciality from one index; what is closed may lie under a new time."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import priyom.schedule.models
import priyom.schedule.rules
from django.db import migrations, models

KEEP_SPECIALITY = """
ALTER TABLE schedule_slot ADD CONSTRAINT schedule_slot_speciality
    FOREIGN KEY (doctor_id, speciality_id) REFERENCES clinics_doctor (id, speciality_id)
    ON UPDATE CASCADE
"""
FILL = """
UPDATE schedule_slot slot SET speciality_id = doctor.speciality_id
FROM clinics_doctor doctor WHERE doctor.id = slot.doctor_id;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0003_doctor_speciality"),
        ("schedule", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="slot",
            name="kind",
            field=models.CharField(
                db_default="portal", default=priyom.schedule.rules.SlotKind["PORTAL"], max_length=16
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", list(priyom.schedule.rules.SlotKind))),
                name="schedule_slot_kind",
            ),
        ),
        migrations.AddField(
            model_name="slot",
            name="speciality",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.speciality",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="slot",
            name="speciality",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinics.speciality",
            ),
        ),
        migrations.RunSQL(
            KEEP_SPECIALITY, "ALTER TABLE schedule_slot DROP CONSTRAINT schedule_slot_speciality"
        ),
        migrations.AddIndex(
            model_name="slot",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            priyom.schedule.rules.SlotState["FREE"],
                            priyom.schedule.rules.SlotState["HELD"],
                        ],
                    )
                ),
                fields=["organisation", "speciality", "starts_at"],
                name="schedule_free",
            ),
        ),
        migrations.RemoveConstraint(model_name="slot", name="schedule_no_overlap"),
        migrations.AddConstraint(
            model_name="slot",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", priyom.schedule.rules.SlotState["BLOCKED"]), _negated=True),
                expressions=[
                    ("doctor", "="),
                    (
                        priyom.schedule.models.TsTzRange(
                            "starts_at",
                            "ends_at",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                ],
                name="schedule_no_overlap",
            ),
        ),
    ]
