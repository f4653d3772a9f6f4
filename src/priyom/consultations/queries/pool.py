"""What waits longer than was promised: for any colleague, and for the head."""

from __future__ import annotations

from dataclasses import replace

from priyom.clinics.queries import doctor
from priyom.consultations.models import Consultation
from priyom.consultations.pages import Line
from priyom.consultations.promise import Promise
from priyom.consultations.queries.pages import PARTS, lines_of, visible_to
from priyom.consultations.queries.promises import running
from priyom.kernel.actor import Actor
from priyom.kernel.offer import Offer


def pool(actor: Actor) -> list[Line]:
    """Return the overdue talks of the doctor's colleagues, with the offer to take one over.

    Who waits longest is first. Names are shown and recorded, words of the talk are not.
    """
    mine = doctor(actor.consultant)
    if mine is None or not mine.works:
        return []
    others = Consultation.objects.filter(
        organisation_id=actor.workplace, doctor__speciality_id=mine.speciality_id
    ).exclude(doctor_id=mine.pk)
    # Hundreds may wait for an answer in time; whole lines are made of the few that are late.
    found = {key: one for key, one in running(others).items() if one.is_overdue}
    if not found:
        return []
    rows = Consultation.objects.select_related(*PARTS).filter(pk__in=list(found))
    lines = lines_of(actor, rows, "consultation.pool", only=_is_overdue, promised=found)
    return [_offered(line) for line in sorted(lines, key=_since)]


def late(actor: Actor) -> list[tuple[Consultation, Promise]]:
    """Return the overdue talks of the head's МО, who waits longest first; the caller records it."""
    rows = visible_to(actor)
    found = {key: one for key, one in running(rows).items() if one.is_overdue}
    by_key = rows.in_bulk(list(found))
    return sorted(
        ((by_key[key], one) for key, one in found.items()), key=lambda pair: pair[1].due_at
    )


def _is_overdue(line: Line) -> bool:
    return line.awaited is not None and line.awaited.is_overdue


def _since(line: Line) -> float:
    return line.awaited.since.timestamp() if line.awaited else 0.0


def _offered(line: Line) -> Line:
    take = Offer(
        act="consultation.take_over",
        label="Взять себе",
        allowed=True,
        url=f"/desk/consultations/{line.id}/take_over/",
        style="main",
    )
    return replace(line, last_words="", offers=(take,))
