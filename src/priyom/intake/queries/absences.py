"""An absence for the registry, and one displaced consultation for its patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from priyom.audit.actions import record, record_read
from priyom.intake.choices import (
    ABSENCE,
    TRANSFER,
    AbsenceState,
    TransferState,
)
from priyom.intake.matching import share_out
from priyom.intake.models import Absence, Transfer
from priyom.intake.queries.telling import TellingView, tellings_of
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.offer import Offer
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for
from priyom.schedule.queries import Losses, instead_of
from priyom.schedule.rules import SHOWN_NEAREST, FreeTime

RECENT = 20
MOST_READ = 60
"""Times that are read for each displaced one, to show different ones to different people."""


@dataclass(frozen=True, slots=True)
class Displaced:
    """One patient of an absence: when it was, what became of it, the three nearest times."""

    id: UUID
    consultation: UUID
    number: str
    patient: str
    phone: str
    email: str
    starts_at: datetime
    now_at: datetime
    state: str
    label: str
    is_by_phone: bool
    near: tuple[FreeTime, ...]
    telling: TellingView | None = None
    """What must still be told by phone."""

    @property
    def phone_text(self) -> str:
        """Return «+7 921 555-10-20»."""
        return show_phone(self.phone)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody must still choose."""
        return self.state == TransferState.WAITING


@dataclass(frozen=True, slots=True)
class AbsencePage:
    """A doctor's absence: whom it displaces, those to be called first."""

    id: UUID
    doctor: UUID
    doctor_name: str
    first_on: date
    last_on: date
    reason: str
    state: str
    label: str
    by: str
    prepared_at: datetime
    rows: tuple[Displaced, ...]
    offers: tuple[Offer, ...]

    @property
    def is_told(self) -> bool:
        """Whether the people know."""
        return self.state == AbsenceState.TOLD

    @property
    def waiting(self) -> tuple[Displaced, ...]:
        """Return those who must still choose."""
        return tuple(row for row in self.rows if row.is_waiting)

    @property
    def to_call(self) -> tuple[Displaced, ...]:
        """Return the call list: those without an address who have not heard of it."""
        return tuple(row for row in self.waiting if row.telling)


@dataclass(frozen=True, slots=True)
class TransferPage:
    """What a displaced patient reads and chooses from."""

    id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    doctor: str
    clinic: str
    clinic_phone: str
    reason: str
    consultation: UUID
    near: tuple[FreeTime, ...]

    @property
    def clinic_phone_text(self) -> str:
        """Return «+7 812 555-00-00»."""
        return show_phone(self.clinic_phone)


def nearest_of(absence: Absence, rows: Sequence[Transfer]) -> dict[UUID, tuple[FreeTime, ...]]:
    """Return by transfer the three nearest times of the same speciality, in one query.

    `rows` are all who wait: as far as the times suffice, each is shown other ones.
    """
    spans = {row.pk: (row.consultation.starts_at, row.consultation.ends_at) for row in rows}
    if not spans:
        return {}
    losses = Losses(absence.organisation_id, absence.doctor.speciality_id, spans)
    read = min(SHOWN_NEAREST * len(spans), MOST_READ)
    return share_out(instead_of(losses, rows=read), SHOWN_NEAREST)


def absence(actor: Actor, absence_id: UUID) -> AbsencePage:
    """Return an absence of the actor's МО; strangers get missing, the read is recorded."""
    rows = Absence.objects.select_related("doctor__speciality")
    found = rows.filter(pk=absence_id, organisation_id=actor.workplace).first()
    if found is None or not actor.keeps_registry:
        raise missing("Страница")
    transfers = list(
        found.transfers.select_related(
            "absence", "consultation__patient", "consultation__request"
        ).order_by("starts_at", "pk")
    )
    waiting = [row for row in transfers if _state(row) is TransferState.WAITING]
    near = nearest_of(found, waiting) if found.state != AbsenceState.UNDONE else {}
    calls = tellings_of(row.consultation_id for row in waiting)
    record(actor, "absence.open", ("absence", found.pk), result="read")
    for patient in {row.consultation.patient_id for row in transfers}:
        record_read(actor, "absence.open", ("absence", found.pk), patient)
    return AbsencePage(
        id=found.pk,
        doctor=found.doctor_id,
        doctor_name=f"{found.doctor}, {found.doctor.speciality.doctor}",
        first_on=found.first_on,
        last_on=found.last_on,
        reason=found.reason,
        state=found.state,
        label=ABSENCE.labels[AbsenceState(found.state)],
        by=found.prepared_by_name,
        prepared_at=found.prepared_at,
        rows=tuple(
            _displaced(row, near.get(row.pk, ()), calls.get(row.consultation_id))
            for row in transfers
        ),
        offers=_offers(found),
    )


def absences(actor: Actor) -> tuple[Absence, ...]:
    """Return the newest absences of the actor's МО that are not over."""
    if not actor.keeps_registry:
        raise missing("Страница")
    rows = Absence.objects.select_related("doctor").filter(
        organisation_id=actor.workplace, last_on__gte=clock.today()
    )
    return tuple(rows.exclude(state=AbsenceState.UNDONE).order_by("first_on", "pk")[:RECENT])


def displaced_of(actor: Actor, consultations: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return by consultation the transfer that its patient must still choose a time for.

    `consultations` are those that the actor's pages show already, with their reads kept.
    """
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Страница")
    rows = Transfer.objects.filter(
        consultation__in=list(consultations),
        state=TransferState.WAITING,
        absence__state=AbsenceState.TOLD,
    ).select_related("absence", "consultation")
    return {row.consultation_id: row.pk for row in rows if not row.is_over}


def transfer(actor: Actor, transfer_id: UUID) -> TransferPage:
    """Return a displaced consultation for the patient's side; strangers get missing, recorded."""
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Страница")
    row = (
        Transfer.objects.select_related(
            "absence__doctor", "consultation__doctor__speciality", "consultation__organisation"
        )
        .filter(pk=transfer_id)
        .exclude(absence__state=AbsenceState.PREPARED)
        .first()
    )
    if row is None:
        raise missing("Страница")
    now = row.consultation
    may_act_for(actor, now.patient_id, "Страница")
    record_read(actor, "transfer.open", ("transfer", row.pk), now.patient_id)
    state = _state(row)
    is_waiting = state is TransferState.WAITING
    return TransferPage(
        id=row.pk,
        state=state,
        starts_at=now.starts_at,
        ends_at=now.ends_at,
        doctor=f"{now.doctor}, {now.doctor.speciality.doctor}",
        clinic=now.organisation.short_name,
        clinic_phone=now.organisation.phone,
        reason=row.absence.reason,
        consultation=now.pk,
        near=_near(row) if is_waiting else (),
    )


def _near(row: Transfer) -> tuple[FreeTime, ...]:
    """Return the times of one, as they are shared out among all of its absence."""
    others = row.absence.transfers.filter(state=TransferState.WAITING)
    rows = others.select_related("absence", "consultation").order_by("starts_at", "pk")
    waiting = [one for one in rows if not one.is_over]
    return nearest_of(row.absence, waiting)[row.pk]


def _state(row: Transfer) -> TransferState:
    """Return what became of it: what is over is dropped, though the tick has not seen it yet."""
    state = TransferState(row.state)
    is_over = state is TransferState.WAITING and row.is_over
    return TransferState.DROPPED if is_over else state


def _displaced(row: Transfer, near: tuple[FreeTime, ...], telling: TellingView | None) -> Displaced:
    now = row.consultation
    request = getattr(now, "request", None)
    return Displaced(
        id=row.pk,
        consultation=now.pk,
        number=now.number,
        patient=str(now.patient),
        phone=(request.phone if request else "") or now.patient.phone,
        email=request.email if request else now.patient.email,
        starts_at=row.starts_at,
        now_at=now.starts_at,
        state=_state(row),
        label=TRANSFER.labels[_state(row)],
        is_by_phone=row.is_by_phone,
        near=near,
        telling=telling,
    )


def _offers(row: Absence) -> tuple[Offer, ...]:
    if row.state != AbsenceState.PREPARED:
        return ()
    root = f"/desk/absences/{row.pk}/"
    return (
        Offer("absence.tell", "Сообщить всем", True, url=f"{root}tell/", style="main"),
        Offer("absence.undo", "Отменить", True, url=f"{root}undo/"),
    )
