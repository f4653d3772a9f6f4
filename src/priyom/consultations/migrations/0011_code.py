"""A consent may be given by a code out of a letter, read out to the doctor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Names the method; the column stays as it is."""

    dependencies = [("consultations", "0010_single")]
    operations = [
        migrations.AlterField(
            "consent",
            "method",
            models.CharField(
                choices=[
                    ("esia", "в кабинете, вход через ЕСИА"),
                    ("visit", "на приёме у врача"),
                    ("paper", "на бумаге"),
                    ("code", "кодом из письма, у врача"),
                ],
                max_length=16,
            ),
        ),
    ]
