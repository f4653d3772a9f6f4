"""Until when patients cancel and move by themselves: a setting of the organisation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the setting."""

    dependencies = [("clinics", "0003_doctor_speciality")]
    operations = [
        migrations.AddField(
            model_name="organisation",
            name="change_hours",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="Позже он звонит в регистратуру. 0: до самого начала.",
                verbose_name="пациент сам отменяет и переносит, часов до начала",
            ),
        ),
    ]
