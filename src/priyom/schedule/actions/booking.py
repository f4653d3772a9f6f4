"""Who gets a slot: decided by one conditional UPDATE and the database's clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from priyom.audit.actions import record
from priyom.kernel import clock, words
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import Refusal, missing
from priyom.schedule.actions.order import lock
from priyom.schedule.models import Deviation, Slot
from priyom.schedule.queries import AVAILABLE, kinds_of, lost, search
from priyom.schedule.rules import (
    HOLD_FOR,
    MAY_BOOK,
    SLOT,
    ClosedBy,
    SlotAct,
    SlotState,
    Sought,
    kept,
    none_free,
    past,
    taken,
)
from priyom.schedule.statements import statement


def hold(actor: Actor, slot_id: UUID, *, instead_of: UUID | None = None) -> Slot:
    """Keep a free time for the actor for HOLD_FOR; one's own hold begins anew.

    `instead_of` is the time the actor held before and lets go. Raises SlotGone (conflict) with the
    nearest free times, missing for a time of another МО.
    """
    with transaction.atomic():
        if instead_of is not None and instead_of != slot_id:
            lock(Slot.objects.filter(_mine(actor), pk__in=[slot_id, instead_of]))
            release(actor, instead_of)
        return _take(actor, slot_id, _Hold(actor.account, HOLD_FOR))


def keep(actor: Actor, slot_id: UUID, keeper: UUID, length: timedelta) -> Slot:
    """Hold a time in the name of `keeper` (an offer to a patient, not a person) for `length`.

    Only `book` and `let_go` with the same keeper have it then. Raises SlotGone (conflict) with the
    nearest free times, missing for a time of another МО.
    """
    with transaction.atomic():
        return _take(actor, slot_id, _Hold(keeper, length))


def let_go(actor: Actor, slot_id: UUID, keeper: UUID) -> bool:
    """Free a time that is kept in the name of `keeper`; False when it was not any more."""
    return _release(actor, slot_id, keeper)


def hold_any(actor: Actor, sought: Sought, *, instead_of: UUID | None = None) -> Slot:
    """Keep the first fitting time that nobody else is just taking, else the nearest to the wishes.

    SKIP LOCKED: of many who press at once each gets another time, none waits for a rival. The
    wished doctor comes first, then the others of the speciality. Raises SlotGone (conflict) when
    nothing is left; what the actor held before (`instead_of`) is then still held.
    """
    with transaction.atomic():
        if instead_of is not None:
            release(actor, instead_of)
        anybody = [replace(sought, doctor=None)] if sought.doctor else []
        for wish in (sought, *anybody):
            key = _first_within(actor, wish)
            if key is None and wish.spans:
                key = _first_near(actor, wish)
            if key is not None:
                return hold(actor, key)
        raise none_free()


def release(actor: Actor, slot_id: UUID) -> bool:
    """Let go of one's own hold; False when there was none any more."""
    return _release(actor, slot_id, actor.account)


def _release(actor: Actor, slot_id: UUID, holder: UUID) -> bool:
    with transaction.atomic():
        gone = Slot.objects.filter(pk=slot_id, state=SlotState.HELD, held_by=holder).update(
            state=SlotState.FREE, held_by=None, held_until=None
        )
        if gone:
            record(actor, "slot.release", ("slot", slot_id))
        return bool(gone)


def book(actor: Actor, slot_id: UUID, *, keeper: UUID | None = None) -> Slot:
    """Book a time that is free, held by the actor (or `keeper`), or held too long by another.

    Stands in the transaction that makes or moves the consultation. Raises SlotGone (conflict) with
    the nearest free times, missing for a time of another МО.
    """
    with transaction.atomic():
        return _take(actor, slot_id, None, keeper)


def move(actor: Actor, slot_id: UUID, to: UUID) -> Slot:
    """Book the time `to` and give the booked `slot_id` back; returns the new one.

    Raises as `book`, and then nothing has changed.
    """
    with transaction.atomic():
        lock(Slot.objects.filter(_mine(actor), pk__in=[slot_id, to]))
        made = book(actor, to)
        free(actor, slot_id)
        return made


def free(actor: Actor, slot_id: UUID) -> None:
    """Give a booked time back; called by the acts that end or move a consultation.

    Those have checked the actor's right. A time that is free already stays so; one within an
    absence of its doctor closes.
    """
    with transaction.atomic():
        rows = Slot.objects.filter(pk=slot_id, state=SlotState.BOOKED)
        # Locked in a statement of its own: the next one sees an absence that was just entered.
        slot = rows.select_for_update(of=("self",), no_key=True).first()
        if slot is None:
            return
        if _is_away(slot):
            rows.update(state=SlotState.BLOCKED, closed_by=ClosedBy.ABSENCE)
        else:
            rows.update(state=SlotState.FREE)
        record(actor, "slot.free", ("slot", slot_id))


def release_expired() -> int:
    """Make free what was held too long; returns how many. The screens do not wait for it."""
    with transaction.atomic():
        late = Slot.objects.filter(state=SlotState.HELD, held_until__lt=Now())
        keys = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Slot.objects.filter(pk__in=keys).update(state=SlotState.FREE, held_by=None, held_until=None)
        for key in keys:
            record(SYSTEM, "slot.release", ("slot", key))
        return len(keys)


def _is_away(slot: Slot) -> bool:
    on = words.moscow(slot.starts_at).date()
    return Deviation.objects.filter(
        doctor_id=slot.doctor_id, is_absence=True, first_on__lte=on, last_on__gte=on
    ).exists()


def _mine(actor: Actor) -> Q:
    """Return the times the actor may touch: of the own МО; jobs may touch all."""
    return Q() if actor.kind is ActorKind.SYSTEM else Q(organisation_id=actor.workplace)


def _place(actor: Actor) -> UUID | None:
    return None if actor.kind is ActorKind.SYSTEM else actor.workplace


def _first_within(actor: Actor, sought: Sought) -> UUID | None:
    """Lock the earliest time within the wishes, passing by what others are taking."""
    values = {
        "place": actor.workplace,
        "speciality": sought.speciality,
        "doctor": sought.doctor,
        "kinds": kinds_of(actor),
        "now": clock.now(),
        "account": actor.account,
    }
    for begin, end in sought.ahead(clock.now()):
        key = _key("first", values | {"begin": begin, "end": end})
        if key is not None:
            return key
    return None


def _first_near(actor: Actor, sought: Sought) -> UUID | None:
    for near in search(actor, sought):
        row = Slot.objects.filter(AVAILABLE | Q(held_by=actor.account), pk=near.slot)
        locked = row.select_for_update(skip_locked=True, of=("self",), no_key=True)
        if locked.values_list("pk").first():
            return near.slot
    return None


@dataclass(frozen=True, slots=True)
class _Hold:
    holder: UUID
    length: timedelta


def _take(actor: Actor, slot_id: UUID, how: _Hold | None, keeper: UUID | None = None) -> Slot:
    """Let one UPDATE decide; return the slot, or say kindly why it was not ours."""
    act = SlotAct.HOLD if how else SlotAct.BOOK
    values = {
        "slot": slot_id,
        "state": SLOT.after(SlotState.FREE, act).value,
        "holder": how.holder if how else None,
        "length": how.length if how else None,
        "place": _place(actor),
        "kinds": kinds_of(actor),
        "now": clock.now(),
        "holders": [one for one in (actor.account, keeper) if one],
    }
    if _key("take", values) is None:
        raise _refusal(actor, slot_id)
    record(actor, f"slot.{act}", ("slot", slot_id))
    return Slot.objects.select_related("doctor__speciality", "doctor__account").get(pk=slot_id)


def _key(name: str, values: dict[str, Any]) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(statement("take.sql", name), values)
        row = cursor.fetchone()
    return row[0] if row else None


def _refusal(actor: Actor, slot_id: UUID) -> Refusal:
    gone = lost(actor, slot_id, _place(actor))
    if gone is None:
        return missing("Время приёма")
    say = taken
    if gone.starts_at <= clock.now():
        say = past
    elif gone.kind not in MAY_BOOK.get(actor.kind, ()):
        say = kept
    return say(gone.near, clock.today(), other_doctors=gone.is_of_others)
