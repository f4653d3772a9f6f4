"""Numbers that people say aloud come from a sequence; gaps are allowed."""

from django.db import migrations


class Migration(migrations.Migration):
    """Makes the sequence of numbers."""

    dependencies = [("intake", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE intake_number START 1000", "DROP SEQUENCE intake_number"
        ),
    ]
