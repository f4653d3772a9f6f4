"""The exceptions that earlier absences made are marked as theirs."""

from django.db import migrations


class Migration(migrations.Migration):
    """Marks them."""

    dependencies = [("intake", "0005_asked"), ("schedule", "0004_absences")]
    operations = [
        migrations.RunSQL(
            "UPDATE schedule_deviation SET is_absence = true WHERE id IN"
            " (SELECT deviation_id FROM intake_absence WHERE deviation_id IS NOT NULL)",
            migrations.RunSQL.noop,
        )
    ]
