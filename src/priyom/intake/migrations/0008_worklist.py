"""The worklist reads a request alone: its newest contact, call-back and first answer stand on it."""

from django.db import migrations, models

CONTACTS = """
UPDATE intake_request r SET last_contact = s.kind,
    call_back_at = CASE WHEN s.kind = 'call_back' THEN s.call_back_at END
FROM (
    SELECT DISTINCT ON (request_id) request_id, kind, call_back_at FROM intake_step
    WHERE kind IN ('called', 'no_answer', 'call_back') ORDER BY request_id, at DESC, id DESC
) s WHERE s.request_id = r.id
"""
ANSWERS = """
UPDATE intake_request r SET answered_at = s.at FROM (
    SELECT request_id, min(at) AS at FROM intake_step
    WHERE kind IN ('called', 'call_back', 'offered', 'book', 'accept', 'decline', 'mark_duplicate')
    GROUP BY request_id
) s WHERE s.request_id = r.id
"""


class Migration(migrations.Migration):
    """Adds the columns and indexes, then fills the columns from the steps."""

    dependencies = [("intake", "0007_telling")]
    operations = [
        migrations.AddField("request", "answered_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "request",
            "last_contact",
            models.CharField(blank=True, db_default="", default="", max_length=24),
        ),
        migrations.AddField("request", "call_back_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(state__in=["declined", "withdrawn", "duplicate", "expired"]),
                fields=["organisation", "asked_at", "id"],
                name="intake_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True),
                fields=["phone"],
                name="intake_phone",
            ),
        ),
        migrations.RunSQL(CONTACTS, migrations.RunSQL.noop),
        migrations.RunSQL(ANSWERS, migrations.RunSQL.noop),
    ]
