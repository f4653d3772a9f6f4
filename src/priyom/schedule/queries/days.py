"""Days of doctors with their times, as the screens show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import BooleanField, Case, QuerySet, When
from django.db.models.functions import Now

from priyom.clinics.models import Doctor
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.schedule.models import Slot
from priyom.schedule.plan import VISITS, Visit
from priyom.schedule.rules import KIND_LABELS, MAY_BOOK, SlotKind, SlotState


@dataclass(frozen=True, slots=True)
class SlotView:
    """One time of a doctor as a screen shows it; instants are UTC.

    `state` is what the viewer may think of it: free, mine (held by the viewer), held, booked,
    blocked or past.
    """

    id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    held_until: datetime | None = None
    kind: str = SlotKind.PORTAL
    visit: str = Visit.FIRST

    @property
    def use(self) -> str:
        """Return whom it is for when that is not everybody: «регистратуре», «повторный приём»."""
        parts = [] if self.kind == SlotKind.PORTAL else [KIND_LABELS[SlotKind(self.kind)]]
        if self.visit != Visit.FIRST:
            parts.append(VISITS[Visit(self.visit)])
        return ", ".join(parts)

    @property
    def is_free(self) -> bool:
        """Whether the viewer may choose it."""
        return self.state in ("free", "mine")


@dataclass(frozen=True, slots=True)
class DayView:
    """The times of one doctor on one Moscow day."""

    on: date
    slots: tuple[SlotView, ...]

    @property
    def has_free(self) -> bool:
        """Whether anything can be chosen on this day."""
        return any(slot.is_free for slot in self.slots)


@dataclass(frozen=True, slots=True)
class DoctorView:
    """One doctor with days and times, earliest first."""

    id: UUID
    family: str
    given: str
    patronymic: str
    speciality: str
    room: str
    days: tuple[DayView, ...]

    @property
    def name(self) -> str:
        """Return «Соколова Ирина Павловна»."""
        return words.full_name(self.family, self.given, self.patronymic)

    @property
    def short_name(self) -> str:
        """Return «Соколова И. П.»."""
        return words.short_name(self.family, self.given, self.patronymic)

    @property
    def initials(self) -> str:
        """Return «СИ»."""
        return words.initials(self.family, self.given)

    @property
    def first_free(self) -> SlotView | None:
        """Return the earliest time that can be chosen."""
        free = (slot for day in self.days for slot in day.slots if slot.is_free)
        return next(free, None)


def start_of(on: date) -> datetime:
    """Return the instant at which the Moscow day begins."""
    return datetime.combine(on, time.min, clock.MOSCOW)


def monday_of(on: date) -> date:
    """Return the Monday of the week of `on`."""
    return on - timedelta(days=on.weekday())


def free_times(
    viewer: Actor,
    *,
    since: date,
    days: int = 3,
    speciality: UUID | None = None,
    doctor: UUID | None = None,
) -> tuple[DoctorView, ...]:
    """Return the working doctors of the viewer's МО with their coming times, one query.

    `since` is a Moscow day, `days` how many from it. Blocked and past times are left out; who has
    the earliest free time comes first.
    """
    slots = _of_days(viewer, since, days).filter(doctor__works=True, starts_at__gt=clock.now())
    if speciality is not None:
        slots = slots.filter(speciality_id=speciality)
    if doctor is not None:
        slots = slots.filter(doctor_id=doctor)
    slots = slots.filter(kind__in=MAY_BOOK.get(viewer.kind, ()))
    found = _by_doctor(slots.exclude(state=SlotState.BLOCKED), viewer)
    far = datetime.max.replace(tzinfo=clock.MOSCOW)
    return tuple(sorted(found, key=lambda one: one.first_free.starts_at if one.first_free else far))


def doctor_day(viewer: Actor, doctor: UUID, on: date) -> DoctorView:
    """Return everything one doctor of the viewer's МО has on a Moscow day, blocked too."""
    who = Doctor.objects.filter(pk=doctor, organisation_id=viewer.workplace).first()
    if who is None:
        raise missing("Врач")
    found = _by_doctor(_of_days(viewer, on, 1).filter(doctor_id=doctor), viewer)
    return found[0] if found else _doctor_view(who, ())


def doctor_days(viewer: Actor, doctor: UUID, since: date, days: int) -> tuple[SlotView, ...]:
    """Return all times of a doctor of the viewer's МО from a Moscow day on, closed ones too."""
    found = _by_doctor(_of_days(viewer, since, days).filter(doctor_id=doctor), viewer)
    return tuple(slot for one in found for day in one.days for slot in day.slots)


def doctors_of(viewer: Actor) -> tuple[Doctor, ...]:
    """Return the working doctors of the viewer's МО, by speciality and name."""
    found = Doctor.objects.filter(organisation_id=viewer.workplace, works=True)
    return tuple(found.select_related("speciality").order_by("speciality__name", "family", "given"))


def _of_days(viewer: Actor, since: date, days: int) -> QuerySet[Slot]:
    return Slot.objects.filter(
        organisation_id=viewer.workplace,
        starts_at__gte=start_of(since),
        starts_at__lt=start_of(since + timedelta(days=days)),
    )


def _by_doctor(slots: QuerySet[Slot], viewer: Actor) -> tuple[DoctorView, ...]:
    over = Case(
        When(state=SlotState.HELD, held_until__lt=Now(), then=True),
        default=False,
        output_field=BooleanField(),
    )
    rows = slots.annotate(is_over=over).select_related("doctor__speciality")
    people: dict[UUID, Doctor] = {}
    times: dict[UUID, dict[date, list[SlotView]]] = {}
    for row in rows.order_by("doctor__family", "doctor_id", "starts_at"):
        people[row.doctor_id] = row.doctor
        on = words.moscow(row.starts_at).date()
        times.setdefault(row.doctor_id, {}).setdefault(on, []).append(_view(row, viewer))
    return tuple(
        _doctor_view(doctor, (DayView(on, tuple(day)) for on, day in times[key].items()))
        for key, doctor in people.items()
    )


def _view(row: Slot, viewer: Actor) -> SlotView:
    state = str(row.state)
    if row.starts_at <= clock.now() and state != SlotState.BOOKED:
        state = "past"
    elif state == SlotState.HELD:
        if row.is_over:  # type: ignore[attr-defined]  # annotated above
            state = "free"
        elif row.held_by == viewer.account:
            return _slot(row, "mine", row.held_until)
    return _slot(row, state)


def _slot(row: Slot, state: str, held_until: datetime | None = None) -> SlotView:
    return SlotView(row.pk, row.starts_at, row.ends_at, state, held_until, row.kind, row.visit)


def _doctor_view(doctor: Doctor, days: Iterable[DayView]) -> DoctorView:
    return DoctorView(
        id=doctor.pk,
        family=doctor.family,
        given=doctor.given,
        patronymic=doctor.patronymic,
        speciality=doctor.speciality.doctor,
        room=doctor.room,
        days=tuple(days),
    )
