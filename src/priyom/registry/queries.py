"""Reads of registrations: what is due, what a document says, what doctor and head are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet

from priyom.audit.actions import record_read
from priyom.conclusions import printing
from priyom.conclusions.cda import profile
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.rules import ConclusionState, SignatureRole
from priyom.consultations.access import is_consultant
from priyom.consultations.models import Consultation, Entry
from priyom.consultations.queries import find
from priyom.consultations.rules import EntryKind
from priyom.files import actions as files
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.present import present
from priyom.kernel.refusal import missing
from priyom.registry.envelope import Envelope, Withdrawal, envelope
from priyom.registry.models import Registration
from priyom.registry.rules import (
    MAY_BE_KNOWN,
    REGISTRATION,
    STUCK,
    SUPERSEDED,
    WITHDRAWN,
    RegistrationKind,
    RegistrationState,
)

SHOWN = 100


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """One version, or its withdrawal, on the way to the registry; instants UTC."""

    id: UUID
    consultation: UUID
    number: str
    is_withdrawal: bool
    state: str
    reason: str
    registered_as: str
    queued_at: datetime
    answered_at: datetime | None

    @property
    def words(self) -> str:
        """Return the state in Russian."""
        state = RegistrationState(self.state)
        if self.is_withdrawal and state is RegistrationState.ACCEPTED:
            return "реестр знает об отзыве"
        return REGISTRATION.labels[state]

    @property
    def title(self) -> str:
        """Return what it is: «№ 261124-17», or its withdrawal."""
        return f"отзыв № {self.number}" if self.is_withdrawal else f"№ {self.number}"

    @property
    def is_stuck(self) -> bool:
        """Whether somebody must look at it; then it can be sent again."""
        return self.state in STUCK


@dataclass(frozen=True, slots=True)
class Overview:
    """What the head sees: how many stand where, and what needs somebody."""

    counts: tuple[tuple[str, int], ...]
    stuck: tuple[RegistrationView, ...]


def unregistered(since: datetime, limit: int) -> Iterator[tuple[UUID, UUID]]:
    """Yield (version, МО) of what was signed since then, has its XML and no registration.

    Only versions in force: what was replaced meanwhile is told by the one that replaced it.
    """
    own = Registration.objects.filter(conclusion=OuterRef("pk"))
    rows = Conclusion.objects.filter(
        ~Exists(own),
        signed_at__gte=since,
        formed_xml__isnull=False,
        state=ConclusionState.SIGNED,
    )
    if settings.SIGNING_ORGANISATION:
        both = Signature.objects.filter(
            conclusion=OuterRef("pk"),
            role=SignatureRole.ORGANISATION,
            document=OuterRef("formed_xml"),
        )
        rows = rows.filter(Exists(both))
    yield from rows.order_by("signed_at").values_list("pk", "organisation_id")[:limit]


def untold(limit: int) -> Iterator[tuple[UUID, UUID]]:
    """Yield (version, МО) of what was withdrawn and stands in the registry, or may, untold."""
    known = Registration.objects.filter(
        conclusion=OuterRef("pk"), kind=RegistrationKind.DOCUMENT, state__in=sorted(MAY_BE_KNOWN)
    )
    told = Registration.objects.filter(conclusion=OuterRef("pk"), kind=RegistrationKind.WITHDRAWAL)
    rows = Conclusion.objects.filter(Exists(known), ~Exists(told), state=ConclusionState.WITHDRAWN)
    yield from rows.order_by("pk").values_list("pk", "organisation_id")[:limit]


def envelope_of(row: Registration) -> Envelope:
    """Return the document of a registration as it was formed; OSError when it was changed."""
    conclusion = Conclusion.objects.select_related("formed_xml").get(pk=row.conclusion_id)
    document = present(conclusion.formed_xml, by="unregistered() finds no version without it")
    signatures = Signature.objects.filter(conclusion=conclusion, document=document)
    return envelope(
        row.pk,
        profile.current().kind,
        files.read(document),
        {one.role: bytes(one.cms) for one in signatures},
    )


def withdrawal_of(row: Registration) -> Withdrawal:
    """Return what a registry is told of a withdrawn version."""
    conclusion = Conclusion.objects.select_related("consultation").get(pk=row.conclusion_id)
    document = document_of(row)
    said = Entry.objects.filter(
        consultation=conclusion.consultation_id,
        kind=EntryKind.CONCLUSION_WITHDRAWN,
        data__version=conclusion.version,
    )
    return Withdrawal(
        key=row.pk,
        document=document.pk,
        number=printing.number_of(conclusion.consultation.number, conclusion.version),
        registered_as=document.number,
        reason=conclusion.reason,
        at=said.values_list("at", flat=True).first() or row.queued_at,
    )


def document_of(row: Registration) -> Registration:
    """Return the registration of the document that a withdrawal is of."""
    return Registration.objects.get(conclusion=row.conclusion_id, kind=RegistrationKind.DOCUMENT)


def not_wanted(row: Registration) -> str:
    """Return why a document need not be sent any more, in Russian; "" while it must be."""
    state = Conclusion.objects.values_list("state", flat=True).get(pk=row.conclusion_id)
    why = {ConclusionState.WITHDRAWN: WITHDRAWN, ConclusionState.AMENDED: SUPERSEDED}
    return why.get(ConclusionState(state), "")


def readable(actor: Actor, consultation_id: UUID) -> Consultation:
    """Return the consultation for its consultant or the head of its МО; others get missing."""
    consultation = find(actor, consultation_id)
    if actor.kind is ActorKind.HEAD or is_consultant(actor, consultation):
        return consultation
    raise missing("Консультация")


def locked(consultation_id: UUID, registration_id: UUID) -> Registration:
    """Return a registration of this consultation, locked; missing when there is none."""
    row = (
        Registration.objects.select_for_update(of=("self",))
        .filter(pk=registration_id, conclusion__consultation=consultation_id)
        .first()
    )
    if row is None:
        raise missing("Регистрация")
    return row


def of_consultation(actor: Actor, consultation_id: UUID) -> tuple[RegistrationView, ...]:
    """Return the versions of a consultation on their way, newest first; recorded as read."""
    consultation = readable(actor, consultation_id)
    rows = _rows().filter(conclusion__consultation=consultation)
    found = tuple(_view(row) for row in rows.order_by("-conclusion__version", "-queued_at"))
    if found:
        subject = ("consultation", consultation.pk)
        record_read(actor, "registration.read", subject, consultation.patient_id)
    return found


def overview(actor: Actor) -> Overview:
    """Return how the actor's МО stands with the registry; document numbers, no patients."""
    own = Registration.objects.filter(organisation=actor.workplace)
    counted = dict(own.values_list("state").annotate(times=Count("pk")))
    rows = _rows().filter(organisation=actor.workplace, state__in=sorted(STUCK))
    return Overview(
        tuple((REGISTRATION.labels[one], counted.get(one, 0)) for one in RegistrationState),
        tuple(_view(row) for row in rows.order_by("queued_at")[:SHOWN]),
    )


def _rows() -> QuerySet[Registration]:
    return Registration.objects.select_related("conclusion__consultation")


def _view(row: Registration) -> RegistrationView:
    conclusion = row.conclusion
    return RegistrationView(
        id=row.pk,
        consultation=conclusion.consultation_id,
        number=printing.number_of(conclusion.consultation.number, conclusion.version),
        is_withdrawal=row.kind == RegistrationKind.WITHDRAWAL,
        state=str(row.state),
        reason=row.reason,
        registered_as=row.number,
        queued_at=row.queued_at,
        answered_at=row.answered_at,
    )
