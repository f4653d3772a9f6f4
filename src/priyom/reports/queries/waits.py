"""How long people of one МО waited, by week, speciality or doctor, and the rows behind each number.

The database counts: one statement for the requests and one for the consultations of each table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Q,
    QuerySet,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncWeek

from priyom.audit.actions import record
from priyom.clinics.models import Doctor, Speciality
from priyom.consultations.models import Consultation
from priyom.consultations.rules import CONSULTATION, ConsultationState
from priyom.intake.models import Request
from priyom.intake.rules import REQUEST, RequestState
from priyom.kernel import clock, typed, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

BY = {"week": "По неделям", "speciality": "По специальностям", "doctor": "По врачам"}
WEEKS = {4: "4 недели", 12: "12 недель", 26: "полгода", 52: "год"}
WHAT = {
    "asked": "Заявки",
    "answered": "Заявки с ответом, сначала кто ждал дольше",
    "booked": "Записанные, сначала кто ждал дольше",
    "overdue": "Ответили позже срока или не ответили",
    "held": "Консультации, время которых прошло",
    "no_show": "Не пришли",
}
NOBODY = "none"
"""Key of the requests to any doctor that nobody was booked to."""
ROWS = 200
EXPORTED = 20_000
_UNANSWERED = (RequestState.NEW, RequestState.TAKEN, RequestState.EXPIRED)
_GIVEN_UP = (ConsultationState.CANCELLED, ConsultationState.RETURNED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the figures is wanted; what is odd counts as not asked.

    `key` is the day of a Monday, a speciality's or doctor's key, NOBODY, or "" for all.
    """

    by: str = "week"
    weeks: int = 4
    key: str = ""

    @classmethod
    def of(cls, by: str, weeks: str, key: str = "") -> Asked:
        """Return it from an address."""
        number = int(weeks) if weeks.isdecimal() and len(weeks) < 4 else 0
        return cls(by if by in BY else "week", number if number in WEEKS else 4, key)


@dataclass(frozen=True, slots=True)
class Wait:
    """One row of the table: lengths are None where nothing was to be counted."""

    key: str
    label: str
    asked: int = 0
    answered: timedelta | None = None
    answered_p90: timedelta | None = None
    booked: int = 0
    until_booked: timedelta | None = None
    until_booked_p90: timedelta | None = None
    overdue: int = 0
    held: int = 0
    no_show: int = 0


@dataclass(frozen=True, slots=True)
class WaitsPage:
    """The table, the sum over it, and since which Moscow day."""

    asked: Asked
    since: date
    total: Wait
    rows: tuple[Wait, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One request or consultation behind a number."""

    id: UUID
    number: str
    name: str
    speciality: str
    doctor: str
    at: datetime
    answered: timedelta | None
    until_booked: timedelta | None
    is_overdue: bool
    state: str


class Percentile(Aggregate):
    """PostgreSQL's percentile_cont of lengths of time; unknown ones are left out."""

    template = "percentile_cont(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    name = "Percentile"
    output_field = DurationField()

    def __init__(self, length: Any, fraction: float) -> None:
        super().__init__(length, fraction=fraction)


def waits(actor: Actor, asked: Asked) -> WaitsPage:
    """Return the table of the head's МО; others get missing."""
    _only_head(actor)
    found: dict[str, dict[str, Any]] = {}
    for rows, group, counted in (
        (_requests(actor, asked), _request_group(asked.by), _of_requests()),
        (_consultations(actor, asked), _consultation_group(asked.by), _of_consultations()),
    ):
        for one in rows.order_by().values(group=group).annotate(**counted):
            found.setdefault(_key(one.pop("group")), {}).update(one)
    whole = _requests(actor, asked).order_by().aggregate(**_of_requests())
    whole |= _consultations(actor, asked).order_by().aggregate(**_of_consultations())
    labels = _labels(actor, asked, found)
    rows_ = [Wait(key, label, **found.get(key, {})) for key, label in labels]
    return WaitsPage(asked, _since(asked), Wait("", "Всего", **whole), tuple(rows_))


def waits_of(actor: Actor, asked: Asked, what: str) -> tuple[tuple[Line, ...], int]:
    """Return the first ROWS rows behind a number and how many there are; the read is recorded."""
    return _listed(actor, asked, what, ROWS)


def lines(actor: Actor, asked: Asked, what: str) -> tuple[Line, ...]:
    """Return the rows behind a number for a file, at most EXPORTED; the read is recorded."""
    return _listed(actor, asked, what, EXPORTED)[0]


def _listed(actor: Actor, asked: Asked, what: str, most: int) -> tuple[tuple[Line, ...], int]:
    _only_head(actor)
    if what not in WHAT:
        raise missing()
    rows: QuerySet[Any]
    if what in ("held", "no_show"):
        rows = _narrowed(
            _consultations(actor, asked), "starts_at", _consultation_group(asked.by), asked
        )
        rows = rows.filter(state=ConsultationState.NO_SHOW) if what == "no_show" else rows
        rows = rows.select_related("patient", "doctor__speciality").order_by("-starts_at", "pk")
        made = tuple(_consultation_line(one) for one in rows[:most])
    else:
        rows = _narrowed(_requests(actor, asked), "asked_at", _request_group(asked.by), asked)
        rows = rows.filter(_which(what)).annotate(answered=_ANSWERED, until_booked=_BOOKED)
        rows = rows.select_related("speciality", "doctor", "consultation__doctor")
        made = tuple(_request_line(one) for one in rows.order_by(*_ORDER[what], "pk")[:most])
    count = rows.count() if len(made) == most else len(made)
    detail = {"by": asked.by, "key": asked.key, "rows": len(made)}
    record(actor, "reports.waits", ("figure", what), result="read", detail=detail)
    return made, count


def _since(asked: Asked) -> date:
    """Return the Monday with which the asked weeks begin; this week is one of them."""
    today = clock.today()
    return today - timedelta(days=today.weekday(), weeks=asked.weeks - 1)


def _start(asked: Asked) -> datetime:
    return datetime.combine(_since(asked), time(), clock.MOSCOW)


def _requests(actor: Actor, asked: Asked) -> QuerySet[Request]:
    since = _start(asked)
    # Only what may have come of them is joined: a city's other consultations are not read.
    held = Q(consultation__organisation=actor.workplace, consultation__starts_at__gte=since)
    rows = Request.objects.annotate(held=FilteredRelation("consultation", condition=held))
    return rows.filter(organisation=actor.workplace, asked_at__gte=since).exclude(
        state=RequestState.DUPLICATE
    )


def _consultations(actor: Actor, asked: Asked) -> QuerySet[Consultation]:
    """Return those whose time is over and that were not given up before."""
    return Consultation.objects.filter(
        organisation=actor.workplace, starts_at__gte=_start(asked), starts_at__lt=clock.now()
    ).exclude(state__in=_GIVEN_UP)


def _length(end: str) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(F(end) - F("asked_at"), output_field=DurationField())


_ANSWERED = _length("answered_at")
_BOOKED = _length("held__booked_at")


def _overdue() -> Q:
    """Return which requests were answered after their term, or not at all although it is over."""
    never = Q(answered_at=None, state__in=_UNANSWERED, answer_due_at__lt=clock.now())
    return never | Q(answered_at__gt=F("answer_due_at"))


def _of_requests() -> dict[str, Any]:
    return {
        "asked": Count("pk"),
        "answered": Percentile(_ANSWERED, 0.5),
        "answered_p90": Percentile(_ANSWERED, 0.9),
        "booked": Count("held__pk"),
        "until_booked": Percentile(_BOOKED, 0.5),
        "until_booked_p90": Percentile(_BOOKED, 0.9),
        "overdue": Count("pk", filter=_overdue()),
    }


def _of_consultations() -> dict[str, Any]:
    missed = Q(state=ConsultationState.NO_SHOW)
    return {"held": Count("pk"), "no_show": Count("pk", filter=missed)}


_ORDER: dict[str, tuple[str | Combinable, ...]] = {
    "asked": ("-asked_at",),
    "answered": (F("answered").desc(nulls_last=True),),
    "booked": (F("until_booked").desc(nulls_last=True),),
    "overdue": ("-asked_at",),
}


def _which(what: str) -> Q:
    return {
        "asked": Q(),
        "answered": Q(answered_at__isnull=False),
        "booked": Q(held__isnull=False),
        "overdue": _overdue(),
    }[what]


def _request_group(by: str) -> Combinable:
    if by == "week":
        return TruncWeek("asked_at", tzinfo=clock.MOSCOW)
    return F("speciality") if by == "speciality" else Coalesce("held__doctor_id", "doctor_id")


def _consultation_group(by: str) -> Combinable:
    if by == "week":
        return TruncWeek("starts_at", tzinfo=clock.MOSCOW)
    return F("doctor__speciality") if by == "speciality" else F("doctor")


def _key(group: datetime | UUID | None) -> str:
    if isinstance(group, datetime):
        return f"{words.moscow(group).date()}"
    return str(group) if group else NOBODY


def _narrowed(rows: QuerySet[Any], at: str, group: Combinable, asked: Asked) -> QuerySet[Any]:
    """Return the rows of one line of the table, `at` is their instant; an odd key has none."""
    if not asked.key:
        return rows
    if asked.by == "week":
        monday = typed.day(asked.key)
        if monday is None:
            return rows.none()
        since = datetime.combine(monday, time(), clock.MOSCOW)
        return rows.filter(**{f"{at}__gte": since, f"{at}__lt": since + timedelta(weeks=1)})
    rows = rows.alias(group=group)
    if asked.key == NOBODY:
        return rows.filter(group=None)
    key = typed.key(asked.key)
    return rows.filter(group=key) if key else rows.none()


def _labels(actor: Actor, asked: Asked, found: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Return keys and words of the lines: all weeks, else what there is by its name."""
    today, since = clock.today(), _since(asked)
    if asked.by == "week":
        mondays = [since + timedelta(weeks=number) for number in range(asked.weeks)]
        return [(f"{on}", f"с {words.day(on, today)}") for on in reversed(mondays)]
    keys = [key for key in found if key != NOBODY]
    if asked.by == "speciality":
        kinds = Speciality.objects.filter(pk__in=keys)
        named = [(str(one.pk), one.doctor.capitalize()) for one in kinds]
    else:
        doctors = Doctor.objects.filter(pk__in=keys, organisation=actor.workplace)
        named = [
            (str(one.pk), words.short_name(one.family, one.given, one.patronymic))
            for one in doctors
        ]
    rest = [(NOBODY, "Врач не выбран")] if NOBODY in found else []
    return [*sorted(named, key=lambda pair: pair[1]), *rest]


def _request_line(row: Any) -> Line:
    held = row.consultation
    doctor = held.doctor if held else row.doctor
    late = row.answered_at > row.answer_due_at if row.answered_at else False
    never = row.answered_at is None and row.state in _UNANSWERED
    return Line(
        id=row.pk,
        number=row.number,
        name=words.short_name(row.family, row.given, row.patronymic),
        speciality=row.speciality.doctor,
        doctor=str(doctor) if doctor else "",
        at=row.asked_at,
        answered=row.answered,
        until_booked=row.until_booked,
        is_overdue=late or (never and row.answer_due_at < clock.now()),
        state=REQUEST.labels[RequestState(row.state)],
    )


def _consultation_line(row: Consultation) -> Line:
    patient = row.patient
    return Line(
        id=row.pk,
        number=row.number,
        name=words.short_name(patient.family, patient.given, patient.patronymic),
        speciality=row.doctor.speciality.doctor,
        doctor=str(row.doctor),
        at=row.starts_at,
        answered=None,
        until_booked=None,
        is_overdue=False,
        state=CONSULTATION.labels[ConsultationState(row.state)],
    )


def _only_head(actor: Actor) -> None:
    if actor.kind is not ActorKind.HEAD:
        raise missing()
