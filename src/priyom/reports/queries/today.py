"""Figures of one МО for its head: each is a count of rows, and the same rows are its list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import TruncDate

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
from priyom.reports.queries.waits import Percentile

WEEK = timedelta(days=7)
GIVEN_UP = (ConsultationState.CANCELLED, ConsultationState.RETURNED)
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
    by_doctor, chart, open_ = _day_by_doctor(actor, on), _asked_by_day(actor, on), _open(actor)
    day = sum(by_doctor.values(), Counter[str]())
    return FiguresPage(
        on=on,
        waiting=(*_waiting(actor), _until_booked(actor)),
        today=(
            _figure("planned", "Консультаций сегодня", _planned(day)),
            _figure("running", "Идут сейчас", open_[ConsultationState.IN_PROGRESS]),
            _figure("late", TITLES["late"], len(late(actor)), is_bad=True),
            _figure("completed", "Завершены", day[ConsultationState.COMPLETED]),
            _figure("unsigned", "Ждут подписи", open_[ConsultationState.CONCLUDING], is_bad=True),
            _figure("no-show", "Не пришли", day[ConsultationState.NO_SHOW]),
            _figure("asked", "Новых заявок сегодня", dict(chart)[on]),
        ),
        doctors=_doctors(actor, by_doctor),
        chart=chart,
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
        since = clock.now() - WEEK
        # Nobody books the past: the appointment's index finds what was booked since.
        return rows.filter(
            consultation__organisation=actor.workplace,
            consultation__starts_at__gte=since,
            consultation__booked_at__gte=since,
        )
    return rows.filter(open_)


def _consultations(actor: Actor, key: str) -> QuerySet[Consultation]:
    rows = Consultation.objects.select_related("patient", "doctor__speciality").filter(
        organisation=actor.workplace
    )
    today = _of_day(actor, clock.today()).select_related("patient", "doctor__speciality")
    if key == "running":
        return rows.filter(state=ConsultationState.IN_PROGRESS)
    if key == "unsigned":
        return rows.filter(state=ConsultationState.CONCLUDING)
    if key == "completed":
        return today.filter(state=ConsultationState.COMPLETED)
    if key == "no-show":
        return today.filter(state=ConsultationState.NO_SHOW)
    return today.exclude(state__in=GIVEN_UP)


def _of_day(actor: Actor, on: date) -> QuerySet[Consultation]:
    start = _start(on)
    return Consultation.objects.filter(
        organisation=actor.workplace, starts_at__gte=start, starts_at__lt=start + timedelta(days=1)
    )


def _figure(key: str, label: str, count: int, *, is_bad: bool = False) -> Figure:
    return Figure(key, label, str(count), is_bad=is_bad and count > 0)


def _waiting(actor: Actor) -> tuple[Figure, ...]:
    """Return how many requests wait, how many too long, and the longest wait: one statement."""
    counted = _requests(actor, "waiting").aggregate(
        count=Count("pk"),
        overdue=Count("pk", filter=Q(answer_due_at__lt=clock.now())),
        first=Min("asked_at"),
    )
    longest = words.waited(clock.now() - counted["first"]) if counted["first"] else "—"
    return (
        _figure("waiting", TITLES["waiting"], counted["count"]),
        _figure("overdue", TITLES["overdue"], counted["overdue"], is_bad=True),
        Figure("waiting-longest", "Дольше всех ждут", longest),
    )


def _open(actor: Actor) -> Counter[str]:
    """Return how many talks of any day are going on, and wait for their signature, by state."""
    states = [ConsultationState.IN_PROGRESS, ConsultationState.CONCLUDING]
    rows = Consultation.objects.filter(organisation=actor.workplace, state__in=states)
    return Counter(dict(rows.order_by().values_list("state").annotate(n=Count("pk"))))


def _late_line(row: Consultation, asked: Promise) -> Behind:
    patient = row.patient
    waited = words.waited(clock.now() - asked.since)
    until = words.by(asked.due_at, clock.today())
    return Behind(
        words.short_name(patient.family, patient.given, patient.patronymic),
        f"ждёт {waited}, обещали {until} (МСК) · {row.doctor}",
        CONSULTATION.labels[ConsultationState(row.state)],
    )


def _until_booked(actor: Actor) -> Figure:
    """Return the median wait from request to booking over the last week."""
    length = F("consultation__booked_at") - F("asked_at")
    waits = _requests(actor, "booked-week").aggregate(half=Percentile(length, 0.5))
    half = words.waited(waits["half"]) if waits["half"] is not None else "—"
    return Figure("booked-week", "Обычно ждут записи", half)


def _day_by_doctor(actor: Actor, on: date) -> dict[UUID, Counter[str]]:
    """Return how many talks of the day are in each state, by doctor."""
    found: dict[UUID, Counter[str]] = {}
    counted = _of_day(actor, on).order_by().values_list("doctor", "state").annotate(n=Count("pk"))
    for doctor, state, count in counted:
        found.setdefault(doctor, Counter())[state] = count
    return found


def _planned(by_state: Counter[str]) -> int:
    return by_state.total() - sum(by_state[state] for state in GIVEN_UP)


def _doctors(actor: Actor, found: dict[UUID, Counter[str]]) -> tuple[DoctorRow, ...]:
    doctors = Doctor.objects.filter(organisation=actor.workplace, works=True)
    rows = []
    for row in doctors.select_related("speciality"):
        by_state = found.get(row.pk, Counter())
        rows.append(
            DoctorRow(
                id=row.pk,
                name=words.short_name(row.family, row.given, row.patronymic),
                speciality=row.speciality.doctor,
                planned=_planned(by_state),
                completed=by_state[ConsultationState.COMPLETED],
                unsigned=by_state[ConsultationState.CONCLUDING],
                no_show=by_state[ConsultationState.NO_SHOW],
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.planned, row.name)))


def _asked_by_day(actor: Actor, on: date) -> tuple[tuple[date, int], ...]:
    first = on - timedelta(days=13)
    asked = Request.objects.filter(organisation=actor.workplace, asked_at__gte=_start(first))
    day = TruncDate("asked_at", tzinfo=clock.MOSCOW)
    counts = dict(asked.order_by().values_list(day).annotate(n=Count("pk")))
    days = [first + timedelta(days=step) for step in range(14)]
    return tuple((one, counts.get(one, 0)) for one in days)


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
