"""The registry's term counts working time; a speciality may be for one sex or from an age on."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

WORKING_DAYS = """
UPDATE clinics_organisation SET answer_hours = greatest(1, least(480,
    round(answer_hours / 24.0 * extract(epoch FROM closes_at - opens_at) / 3600)))
"""


class Migration(migrations.Migration):
    """A day of 24 hours becomes one working day of the organisation."""

    dependencies = [("clinics", "0004_changes")]
    operations = [
        migrations.AlterField(
            "organisation",
            "answer_hours",
            models.PositiveSmallIntegerField(
                default=12,
                help_text="12 — это один рабочий день с 8 до 20.",
                validators=[MinValueValidator(1), MaxValueValidator(480)],
                verbose_name="регистратура отвечает на заявку, рабочих часов",
            ),
        ),
        migrations.AddField(
            "speciality",
            "for_sex",
            models.CharField(
                blank=True, choices=[("f", "женщин"), ("m", "мужчин")], db_default="", default="",
                max_length=1, verbose_name="только для",
            ),
        ),
        migrations.AddField(
            "speciality",
            "from_age",
            models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="0 — с рождения.",
                verbose_name="не младше, лет",
            ),
        ),
        migrations.AddConstraint(
            "speciality",
            models.CheckConstraint(
                condition=models.Q(("for_sex__in", ["", "f", "m"])), name="clinics_for_sex"
            ),
        ),
        migrations.RunSQL(WORKING_DAYS, migrations.RunSQL.noop),
    ]
