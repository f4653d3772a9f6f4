"""The consents of the patient's people."""

from __future__ import annotations

from priyom.audit.actions import record_read
from priyom.consultations.models import Consent
from priyom.consultations.pages import ConsentLine
from priyom.consultations.rules import CONSENT, ConsentState
from priyom.kernel.actor import Actor
from priyom.kernel.offer import Offer
from priyom.patients.queries import people_of


def consents_of(actor: Actor) -> list[ConsentLine]:
    """Return the consents of the patient's people, newest first, with the offer to withdraw."""
    people = [person.id for person in people_of(actor)]
    rows = Consent.objects.select_related("patient", "organisation").filter(patient_id__in=people)
    made = []
    for row in rows.order_by("-given_at"):
        record_read(actor, "consent.open", ("consent", row.pk), row.patient_id)
        withdraw = Offer(
            act="consent.withdraw",
            label="Отозвать согласие",
            allowed=True,
            url=f"/my/consents/{row.pk}/withdraw/",
            style="danger",
        )
        made.append(
            ConsentLine(
                id=row.pk,
                patient=str(row.patient),
                organisation=row.organisation.short_name,
                state=row.state,
                label=CONSENT.labels[ConsentState(row.state)],
                method=row.get_method_display(),
                given_at=row.given_at,
                given_by_name=row.given_by_name,
                withdrawn_at=row.withdrawn_at,
                offer=withdraw if row.state == ConsentState.GIVEN else None,
            )
        )
    return made
