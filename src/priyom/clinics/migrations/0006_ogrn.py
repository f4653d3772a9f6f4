"""An organisation is known by its ОГРН: its certificate must name it."""

import priyom.clinics.models
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column."""

    dependencies = [("clinics", "0005_registry")]
    operations = [
        migrations.AddField(
            "organisation",
            "ogrn",
            models.CharField(
                blank=True,
                default="",
                help_text="13 цифр. Без него подпись организации не проверить, и она не ставится.",
                max_length=13,
                validators=[priyom.clinics.models._real_ogrn],
                verbose_name="ОГРН",
            ),
            preserve_default=False,
        ),
    ]
