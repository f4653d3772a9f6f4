"""Acts on a doctor's templates of the conclusion."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from priyom.audit.actions import record
from priyom.clinics.models import Doctor
from priyom.conclusions import blanks
from priyom.conclusions.content import content_of
from priyom.conclusions.models import Template
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing


def keep_template(
    actor: Actor, title: str, values: Mapping[str, str], *, is_shared: bool = False
) -> Template:
    """Keep the words of a form (content.content_of) as the doctor's template; same title: anew.

    `is_shared` offers it to the МО's doctors of the speciality too. Raises Refusal: invalid,
    conflict with too many, missing for who is no doctor.
    """
    title, kept = blanks.checked(title, content_of(values))
    with transaction.atomic():
        # One after the other: two taps at the limit keep no template too many.
        own = Doctor.objects.select_for_update(no_key=True).get(pk=actor.consultant)
        mine = Template.objects.filter(doctor=own)
        if not mine.filter(title=title).exists() and mine.count() >= blanks.MOST:
            raise blanks.too_many()
        row, _ = Template.objects.update_or_create(
            doctor=own,
            title=title,
            defaults={
                "organisation_id": own.organisation_id,
                "speciality_id": own.speciality_id if is_shared else None,
                "values": kept,
                "made_at": clock.now(),
            },
        )
        record(actor, "template.keep", ("template", row.pk))
    return row


def drop_template(actor: Actor, template_id: UUID) -> None:
    """Delete one of the doctor's own templates; raises Refusal (missing) for another's."""
    with transaction.atomic():
        gone, _ = Template.objects.filter(pk=template_id, doctor_id=actor.consultant).delete()
        if not gone:
            raise missing("Шаблон")
        record(actor, "template.drop", ("template", template_id))
