"""Who gets a time that appeared or became free: ranked, with the reasons said aloud. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from priyom.intake.rules import Urgency
from priyom.kernel import words
from priyom.schedule.rules import FreeTime, Span

IN_WISH, ANY_TIME, OUTSIDE = 100, 60, -100
URGENT, OWN_DOCTOR, OTHER_DOCTOR, OVERDUE = 80, 50, -60, 40
"""Points: a fitting time before all, then urgency; an hour of waiting is one more."""
LONGEST_COUNTED = 72
"""Hours: who waits longer has the same points, and comes first by having asked first."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A free time: whose and when; instants aware."""

    slot: UUID
    doctor: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a time of this speciality."""

    request: UUID
    asked_at: datetime
    due_at: datetime
    urgency: Urgency
    spans: tuple[Span, ...]
    doctor: UUID | None
    can_be_written_to: bool


@dataclass(frozen=True, slots=True)
class Match:
    """How well a time suits somebody, and why. `fits`: it lies in what was wished."""

    request: UUID
    points: int
    reasons: tuple[str, ...]
    fits: bool
    can_be_written_to: bool

    @property
    def may_follow(self) -> bool:
        """Whether the time may go to this one by itself when the one before did not want it."""
        return self.fits and self.can_be_written_to


def rank(opening: Opening, waiting: Sequence[Waiting], now: datetime) -> tuple[Match, ...]:
    """Return who waits, the best first; of equal ones who asked first."""
    asked = {one.request: one.asked_at for one in waiting}
    found = (_match(opening, one, now) for one in waiting)
    return tuple(sorted(found, key=lambda one: (-one.points, asked[one.request], one.request)))


def share_out(
    near: Mapping[UUID, Sequence[FreeTime]], each: int
) -> dict[UUID, tuple[FreeTime, ...]]:
    """Return by person at most `each` times out of the `near` ones (nearest first), in order.

    As far as they suffice no time is given to two: round by round each gets its nearest that
    nobody has yet, and only when there is none left one that another has too.
    """
    given: dict[UUID, list[FreeTime]] = {key: [] for key in near}
    taken: set[UUID] = set()
    for _ in range(each):
        for key, times in near.items():
            own = {one.slot for one in given[key]}
            left = [one for one in times if one.slot not in own]
            chosen = next((one for one in left if one.slot not in taken), next(iter(left), None))
            if chosen is not None:
                given[key].append(chosen)
                taken.add(chosen.slot)
    return {key: tuple(sorted(times, key=_begin)) for key, times in given.items()}


def _begin(time: FreeTime) -> tuple[datetime, UUID]:
    return time.starts_at, time.slot


def _match(opening: Opening, one: Waiting, now: datetime) -> Match:
    ahead = [span for span in one.spans if span[1] > now]
    in_wish = any(begin <= opening.starts_at < end for begin, end in ahead)
    parts: list[tuple[int, str]] = []
    if in_wish:
        parts.append((IN_WISH, "в удобное время"))
    elif not ahead:
        parts.append((ANY_TIME, "подойдёт любое время"))
    else:
        parts.append((OUTSIDE, "вне удобного времени"))
    if one.urgency is Urgency.URGENT:
        parts.append((URGENT, "срочная"))
    if one.doctor == opening.doctor:
        parts.append((OWN_DOCTOR, "просит этого врача"))
    elif one.doctor is not None:
        parts.append((OTHER_DOCTOR, "просит другого врача"))
    if one.due_at < now:
        parts.append((OVERDUE, "срок ответа вышел"))
    waited = max(timedelta(), now - one.asked_at)
    hours = min(LONGEST_COUNTED, int(waited.total_seconds() // 3600))
    parts.append((hours, f"ждёт {words.waited(waited)}"))
    return Match(
        request=one.request,
        points=sum(points for points, _ in parts),
        reasons=tuple(reason for _, reason in parts),
        fits=in_wish or not ahead,
        can_be_written_to=one.can_be_written_to,
    )
