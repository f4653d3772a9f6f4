"""A consultant's day: the list, and the word by which a page sees that it has changed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from priyom.consultations.models import Consultation, Member
from priyom.consultations.pages import Line
from priyom.consultations.queries.pages import lines_of, visible_to
from priyom.consultations.queries.promises import can_run
from priyom.kernel import clock
from priyom.kernel.actor import Actor

AT_NIGHT = timedelta(hours=1)
"""So near to now a talk is of the doctor's day even beyond midnight."""


def day(actor: Actor, on: date) -> list[Line]:
    """Return the consultant's day (Moscow date); today's begins with what waits for an answer.

    Today has also what burns from other days: unfinished, or a promise whose clock runs; and about
    midnight what begins within an hour, or should have begun within the last.
    """
    rows = _of_day(actor, on)
    if on != clock.today():
        return lines_of(actor, rows, "consultation.day")
    return sorted(lines_of(actor, rows, "consultation.day", only=_is_todays), key=_urgency)


def day_mark(actor: Actor, on: date) -> str:
    """Return a word that changes whenever `day` may show something else; it names nobody.

    Promises run out without an act: every five minutes the word is another one.
    """
    mine = Member.objects.filter(consultation=OuterRef("pk"), account=actor.account, until=None)
    joined = Member.objects.filter(consultation=OuterRef("pk"), side="patient")
    rows = _of_day(actor, on).annotate(
        seen=Subquery(mine.values("read_seq")[:1]), joined=Exists(joined)
    )
    parts = ("pk", "state", "starts_at", "last_seq", "seen", "joined")
    told = [on, int(clock.now().timestamp()) // 300, *rows.values_list(*parts)]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _of_day(actor: Actor, on: date) -> QuerySet[Consultation]:
    start, end = _hours_of(on)
    rows = Q(starts_at__gte=start, starts_at__lt=end)
    if on == clock.today():
        rows |= Q(state__in=["in_progress", "concluding"], starts_at__lt=start)
        rows |= can_run(clock.now())
    own = visible_to(actor).filter(doctor_id=actor.consultant).exclude(state="returned")
    return own.filter(rows).order_by("starts_at")


def _hours_of(on: date) -> tuple[datetime, datetime]:
    """Return begin and end of a doctor's day: today never ends before the talk that comes next."""
    start = datetime.combine(on, time(), clock.MOSCOW)
    end = start + timedelta(days=1)
    if on != clock.today():
        return start, end
    return min(start, clock.now() - AT_NIGHT), max(end, clock.now() + AT_NIGHT)


def _is_todays(line: Line) -> bool:
    """Tell whether a line is of today's list, or burns there from another day."""
    is_unfinished = line.state in ("in_progress", "concluding") and line.starts_at <= clock.now()
    start, end = _hours_of(clock.today())
    return start <= line.starts_at < end or is_unfinished or line.awaited is not None


def _urgency(line: Line) -> tuple[bool, datetime]:
    waits = line.awaited
    return waits is None, waits.due_at if waits else line.starts_at
