"""An exception that an absence made is known as such: it alone takes it back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the mark."""

    dependencies = [("schedule", "0003_plans")]
    operations = [
        migrations.AddField(
            model_name="deviation",
            name="is_absence",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="deviation",
            constraint=models.CheckConstraint(
                condition=models.Q(is_absence=False) | models.Q(turn="off", doctor__isnull=False),
                name="schedule_deviation_absence",
            ),
        ),
    ]
