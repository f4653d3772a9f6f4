from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0002_replies"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="doctor",
            constraint=models.UniqueConstraint(
                fields=("id", "speciality"), name="clinics_doctor_speciality"
            ),
        ),
    ]
