"""Figures of one МО for its head: each is a count of rows, and the same rows are its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from priyom.audit.actions import record
from priyom.clinics.models import Doctor
from priyom.consultations.models import Consultation
from priyom.consultations.promise import Promise
from priyom.consultations.queries import late
from priyom.consultations.rules import CONSULTATION, ConsultationState
from priyom.intake.models import Request
from priyom.intake.rules import REQUEST, RequestState
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

WEEK = timedelta(days=7)
ROWS = 200
"""How many rows of a list are shown; its count is always whole."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it counts, how it is shown, where its list is."""

    key: str
    label: str
    value: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class DoctorRow:
    """One consultant's day in counts."""

    id: UUID
    name: str
    speciality: str
    planned: int
    completed: int
    unsigned: int
    no_show: int


@dataclass(frozen=True, slots=True)
class Behind:
    """One row of the list behind a figure."""

    title: str
    line: str
    state: str


@dataclass(frozen=True, slots=True)
class BehindPage:
    """The list behind a figure: its first rows, and how many there are in all."""

    title: str
    rows: tuple[Behind, ...]
    count: int


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """The head's first page; `on` is a Moscow day."""

    on: date
    waiting: tuple[Figure, ...]
    today: tuple[Figure, ...]
    doctors: tuple[DoctorRow, ...]
    chart: tuple[tuple[date, int], ...]
    """Requests asked on each of the last 14 Moscow days, oldest first."""


def figures(actor: Actor) -> FiguresPage:
    """Return the figures of the head's МО now; others get missing."""
    _only_head(actor)
    on = clock.today()
    waits = [
        clock.now() - at for at in _requests(actor, "waiting").values_list("asked_at", flat=True)
    ]
    longest = words.waited(max(waits)) if waits else "—"
    until_booked = _hours_until_booked(actor)
    return FiguresPage(
        on=on,
        waiting=(
            _count(actor, "waiting", "Ждут ответа регистратуры"),
            _count(actor, "overdue", "Просрочен ответ", is_bad=True),
            Figure("waiting-longest", "Дольше всех ждут", longest),
            Figure("booked-week", "Обычно ждут записи", until_booked),
        ),
        today=(
            _count(actor, "planned", "Консультаций сегодня"),
            _count(actor, "running", "Идут сейчас"),
            _late(actor),
            _count(actor, "completed", "Завершены"),
            _count(actor, "unsigned", "Ждут подписи", is_bad=True),
            _count(actor, "no-show", "Не пришли"),
            _count(actor, "asked", "Новых заявок сегодня"),
        ),
        doctors=_by_doctor(actor, on),
        chart=_asked_by_day(actor, on),
    )


def behind(actor: Actor, key: str) -> BehindPage:
    """Return the rows that a figure counts, at most ROWS of them; the read is recorded."""
    _only_head(actor)
    title = TITLES.get(key)
    if title is None:
        raise missing()
    if key in REQUESTS:
        asked = _requests(actor, key)
        found = asked.order_by("asked_at", "pk")[:ROWS]
        patients = {str(row.patient_id) for row in found if row.patient_id}
        rows, count = tuple(_request_line(row) for row in found), asked.count()
    elif key == "late":
        waits = late(actor)
        patients = {str(row.patient_id) for row, _ in waits[:ROWS]}
        rows, count = tuple(_late_line(row, asked) for row, asked in waits[:ROWS]), len(waits)
    else:
        all_held = _consultations(actor, key)
        held = all_held.order_by("starts_at", "pk")[:ROWS]
        patients = {str(one.patient_id) for one in held}
        rows, count = tuple(_consultation_line(one) for one in held), all_held.count()
    record(
        actor,
        "reports.behind",
        ("figure", key),
        result="read",
        detail={"patients": sorted(patients)},
    )
    return BehindPage(title, rows, count)


REQUESTS = frozenset({"waiting", "overdue", "asked", "waiting-longest", "booked-week"})
TITLES = {
    "waiting": "Ждут ответа регистратуры",
    "waiting-longest": "Ждут ответа регистратуры, сначала те, кто дольше",
    "overdue": "Просрочен ответ",
    "asked": "Заявки сегодня",
    "booked-week": "Записаны за неделю",
    "planned": "Консультации сегодня",
    "running": "Идут сейчас",
    "late": "Ждут врача дольше обещанного",
    "completed": "Завершены сегодня",
    "unsigned": "Ждут подписи",
    "no-show": "Не пришли сегодня",
}


def _requests(actor: Actor, key: str) -> QuerySet[Request]:
    rows = Request.objects.select_related("speciality").filter(organisation=actor.workplace)
    open_ = Q(state__in=[RequestState.NEW, RequestState.TAKEN])
    if key == "overdue":
        return rows.filter(open_, answer_due_at__lt=clock.now())
    if key == "asked":
        return rows.filter(asked_at__gte=_start(clock.today()))
    if key == "booked-week":
        return rows.filter(consultation__booked_at__gte=clock.now() - WEEK)
    return rows.filter(open_)


def _consultations(actor: Actor, key: str) -> QuerySet[Consultation]:
    rows = Consultation.objects.select_related("patient", "doctor__speciality").filter(
        organisation=actor.workplace
    )
    start = _start(clock.today())
    today = rows.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1))
    if key == "running":
        return rows.filter(state=ConsultationState.IN_PROGRESS)
    if key == "unsigned":
        return rows.filter(state=ConsultationState.CONCLUDING)
    if key == "completed":
        return today.filter(state=ConsultationState.COMPLETED)
    if key == "no-show":
        return today.filter(state=ConsultationState.NO_SHOW)
    return today.exclude(state__in=[ConsultationState.CANCELLED, ConsultationState.RETURNED])


def _count(actor: Actor, key: str, label: str, *, is_bad: bool = False) -> Figure:
    rows = _requests(actor, key) if key in REQUESTS else _consultations(actor, key)
    count = rows.count()
    return Figure(key, label, str(count), is_bad=is_bad and count > 0)


def _late(actor: Actor) -> Figure:
    count = len(late(actor))
    return Figure("late", TITLES["late"], str(count), is_bad=count > 0)


def _late_line(row: Consultation, asked: Promise) -> Behind:
    patient = row.patient
    waited = words.waited(clock.now() - asked.since)
    until = words.by(asked.due_at, clock.today())
    return Behind(
        words.short_name(patient.family, patient.given, patient.patronymic),
        f"ждёт {waited}, обещали {until} (МСК) · {row.doctor}",
        CONSULTATION.labels[ConsultationState(row.state)],
    )


def _hours_until_booked(actor: Actor) -> str:
    """Return the median wait from request to booking over the last week, in words."""
    pairs = _requests(actor, "booked-week").values_list("asked_at", "consultation__booked_at")
    waits = [(booked - asked).total_seconds() for asked, booked in pairs]
    return words.waited(timedelta(seconds=median(waits))) if waits else "—"


def _by_doctor(actor: Actor, on: date) -> tuple[DoctorRow, ...]:
    start = _start(on)
    today = Q(consultations__starts_at__gte=start) & Q(
        consultations__starts_at__lt=start + timedelta(days=1)
    )

    def of(*states: ConsultationState) -> Count:
        return Count("consultations", filter=today & Q(consultations__state__in=states))

    rows = (
        Doctor.objects.filter(organisation=actor.workplace, works=True)
        .select_related("speciality")
        .annotate(
            planned=Count(
                "consultations",
                filter=today & ~Q(consultations__state__in=["cancelled", "returned"]),
            ),
            completed=of(ConsultationState.COMPLETED),
            unsigned=of(ConsultationState.CONCLUDING),
            no_show=of(ConsultationState.NO_SHOW),
        )
        .order_by(F("planned").desc(), "family")
    )
    return tuple(
        DoctorRow(
            id=row.pk,
            name=words.short_name(row.family, row.given, row.patronymic),
            speciality=row.speciality.doctor,
            planned=row.planned,
            completed=row.completed,
            unsigned=row.unsigned,
            no_show=row.no_show,
        )
        for row in rows
    )


def _asked_by_day(actor: Actor, on: date) -> tuple[tuple[date, int], ...]:
    first = on - timedelta(days=13)
    counts = {first + timedelta(days=step): 0 for step in range(14)}
    asked = Request.objects.filter(
        organisation=actor.workplace, asked_at__gte=_start(first)
    ).values_list("asked_at", flat=True)
    for at in asked:
        day = words.moscow(at).date()
        if day in counts:
            counts[day] += 1
    return tuple(counts.items())


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), clock.MOSCOW)


def _request_line(row: Request) -> Behind:
    name = words.short_name(row.family, row.given, row.patronymic)
    return Behind(
        f"{name}, {row.speciality.name.lower()}",
        f"№ {row.number} · {words.when(row.asked_at, clock.today())}",
        REQUEST.labels[RequestState(row.state)],
    )


def _consultation_line(row: Consultation) -> Behind:
    patient = row.patient
    return Behind(
        words.short_name(patient.family, patient.given, patient.patronymic),
        f"{words.when(row.starts_at, clock.today())} · {row.doctor}",
        CONSULTATION.labels[ConsultationState(row.state)],
    )


def _only_head(actor: Actor) -> None:
    if actor.kind is not ActorKind.HEAD:
        raise missing()
