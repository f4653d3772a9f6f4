"""The consents of the patient's people."""

from __future__ import annotations

from uuid import UUID

from priyom.audit.actions import record_read
from priyom.consultations.models import Consent
from priyom.consultations.pages import ConsentLine
from priyom.consultations.rules import CONSENT, ConsentState
from priyom.files.models import Blob
from priyom.files.rules import require_open
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.offer import Offer
from priyom.kernel.refusal import missing
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
                has_scan=row.scan_id is not None,
            )
        )
    return made


_KEEPERS = frozenset({ActorKind.REGISTRAR, ActorKind.HEAD})


def scan_of(actor: Actor, consent_id: UUID) -> Blob:
    """Return the picture of the signed sheet; the read is recorded.

    For the patient's side, the registry of the МО, and the doctor who took it; others get missing.
    """
    row = Consent.objects.select_related("scan").filter(pk=consent_id, scan__isnull=False).first()
    if row is None or row.scan is None:
        raise missing("Согласие")
    is_theirs = actor.kind is ActorKind.PATIENT and any(
        person.id == row.patient_id for person in people_of(actor)
    )
    is_own = actor.is_staff and row.given_by == actor.account
    is_kept = actor.kind in _KEEPERS
    if not is_theirs and not (actor.organisation == row.organisation_id and (is_own or is_kept)):
        raise missing("Согласие")
    require_open(row.scan.scan, is_own=is_own)
    record_read(actor, "consent.scan", ("consent", row.pk), row.patient_id)
    return row.scan
