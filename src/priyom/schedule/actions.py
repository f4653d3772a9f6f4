"""Acts on slots: who gets one is decided by one UPDATE and the database's clock."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from priyom.audit.actions import record
from priyom.clinics.queries import doctor as find_doctor
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.schedule.models import Slot
from priyom.schedule.queries import AVAILABLE, nearest, start_of
from priyom.schedule.rules import HOLD_FOR, SLOT, SlotAct, SlotState, past, taken

_KEEPERS = frozenset({ActorKind.REGISTRAR, ActorKind.HEAD})


def hold(actor: Actor, slot_id: UUID, *, instead_of: UUID | None = None) -> Slot:
    """Keep a free time for the actor for HOLD_FOR; one's own hold begins anew.

    `instead_of` is the time the actor held before and lets go. Raises SlotGone (conflict) with the
    nearest free times, missing for a time of another МО.
    """
    with transaction.atomic():
        if instead_of is not None and instead_of != slot_id:
            # Both rows in one order: two registrars who swap their times never wait in a ring.
            both = Slot.objects.filter(_mine(actor), pk__in=[slot_id, instead_of]).order_by("pk")
            list(both.select_for_update(of=("self",), no_key=True).values_list("pk"))
            release(actor, instead_of)
        won = _available_to(actor, slot_id).update(
            state=SlotState.HELD, held_by=actor.account, held_until=Now() + HOLD_FOR
        )
        return _won(actor, slot_id, won, SlotAct.HOLD)


def release(actor: Actor, slot_id: UUID) -> bool:
    """Let go of one's own hold; False when there was none any more."""
    with transaction.atomic():
        gone = Slot.objects.filter(pk=slot_id, state=SlotState.HELD, held_by=actor.account).update(
            state=SlotState.FREE, held_by=None, held_until=None
        )
        if gone:
            record(actor, "slot.release", ("slot", slot_id))
        return bool(gone)


def book(actor: Actor, slot_id: UUID) -> Slot:
    """Book a time that is free, held by the actor, or held too long by somebody else.

    Stands in the transaction that makes or moves the consultation. Raises SlotGone (conflict) with
    the nearest free times, missing for a time of another МО.
    """
    with transaction.atomic():
        won = _available_to(actor, slot_id).update(
            state=SlotState.BOOKED, held_by=None, held_until=None
        )
        return _won(actor, slot_id, won, SlotAct.BOOK)


def free(actor: Actor, slot_id: UUID) -> None:
    """Give a booked time back; called by the acts that end or move a consultation.

    Those have checked the actor's right. A time that is free already stays so.
    """
    with transaction.atomic():
        done = Slot.objects.filter(pk=slot_id, state=SlotState.BOOKED).update(state=SlotState.FREE)
        if done:
            record(actor, "slot.free", ("slot", slot_id))


def block(actor: Actor, slot_id: UUID) -> Slot:
    """Close a free time: the doctor is not there. By registrars and heads of the МО.

    Raises Refusal: conflict when it is booked or held, missing for strangers.
    """
    return _change(actor, slot_id, SlotAct.BLOCK)


def unblock(actor: Actor, slot_id: UUID) -> Slot:
    """Open a closed time again. Raises Refusal: conflict or missing."""
    return _change(actor, slot_id, SlotAct.UNBLOCK)


def block_day(actor: Actor, doctor_id: UUID, on: date) -> int:
    """Close what is still free of a doctor's Moscow day; booked times stay, they need a talk.

    Returns how many were closed. Raises Refusal (missing) for who may not, and for a doctor of
    another МО.
    """
    if actor.kind not in _KEEPERS:
        raise missing("Расписание")
    doctor = find_doctor(doctor_id)
    if doctor is None or doctor.organisation_id != actor.workplace:
        raise missing("Врач")
    with transaction.atomic():
        closed = Slot.objects.filter(
            AVAILABLE,
            organisation_id=actor.workplace,
            doctor_id=doctor_id,
            starts_at__gte=start_of(on),
            starts_at__lt=start_of(on + timedelta(days=1)),
        ).update(state=SlotState.BLOCKED, held_by=None, held_until=None)
        record(actor, "slot.block", ("doctor", doctor_id), detail={"on": str(on), "closed": closed})
        return closed


def release_expired() -> int:
    """Make free what was held too long; returns how many. The screens do not wait for it."""
    with transaction.atomic():
        late = Slot.objects.filter(state=SlotState.HELD, held_until__lt=Now())
        keys = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Slot.objects.filter(pk__in=keys).update(state=SlotState.FREE, held_by=None, held_until=None)
        for key in keys:
            record(SYSTEM, "slot.release", ("slot", key))
        return len(keys)


def _mine(actor: Actor) -> Q:
    """Return the times the actor may touch: of the own МО; jobs may touch all."""
    return Q() if actor.kind is ActorKind.SYSTEM else Q(organisation_id=actor.workplace)


def _available_to(actor: Actor, slot_id: UUID) -> QuerySet[Slot]:
    return Slot.objects.filter(
        _mine(actor),
        AVAILABLE | Q(state=SlotState.HELD, held_by=actor.account),
        pk=slot_id,
        starts_at__gt=clock.now(),
    )


def _won(actor: Actor, slot_id: UUID, won: int, act: SlotAct) -> Slot:
    """Return the slot after the UPDATE that decided, or say kindly why it was not ours."""
    slot = (
        Slot.objects.select_related("doctor__speciality", "doctor__account")
        .filter(_mine(actor), pk=slot_id)
        .first()
    )
    if slot is None:
        raise missing("Время приёма")
    if not won:
        near, others = nearest(slot)
        say = past if slot.starts_at <= clock.now() else taken
        raise say(near, clock.today(), other_doctors=others)
    record(actor, f"slot.{act}", ("slot", slot_id))
    return slot


def _change(actor: Actor, slot_id: UUID, act: SlotAct) -> Slot:
    with transaction.atomic():
        slot = (
            Slot.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=slot_id, organisation_id=actor.workplace)
            .first()
        )
        if slot is None or actor.kind not in _KEEPERS:
            raise missing("Время приёма")
        slot.state = SLOT.after(SlotState(slot.state), act)
        slot.save(update_fields=["state"])
        record(actor, f"slot.{act}", ("slot", slot_id))
        return slot
