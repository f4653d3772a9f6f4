"""Times closed because the doctor is not there, and opened again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from priyom.audit.actions import record
from priyom.clinics.queries import doctor as find_doctor
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.schedule.actions.planning import deviate
from priyom.schedule.models import Slot
from priyom.schedule.plan import Change, Turn, whole_days
from priyom.schedule.queries import AVAILABLE, start_of
from priyom.schedule.rules import SLOT, ClosedBy, SlotAct, SlotState, Span, overlaps

KEEPERS = frozenset({ActorKind.REGISTRAR, ActorKind.HEAD})


def block(actor: Actor, slot_id: UUID) -> Slot:
    """Close a free time: the doctor is not there. By registrars and heads of the МО.

    Raises Refusal: conflict when it is booked or held, missing for strangers.
    """
    return _change(actor, slot_id, SlotAct.BLOCK)


def unblock(actor: Actor, slot_id: UUID) -> Slot:
    """Open a closed time again.

    Raises Refusal: conflict by its state or when another time lies over it, or missing.
    """
    try:
        return _change(actor, slot_id, SlotAct.UNBLOCK)
    except IntegrityError as error:
        if "schedule_no_overlap" in str(error):
            raise overlaps() from None
        raise


def block_day(actor: Actor, doctor_id: UUID, on: date) -> int:
    """Close what is still free of a doctor's Moscow day; booked times stay, they need a talk.

    Returns how many were closed. Raises Refusal (missing) for who may not, and for a doctor of
    another МО.
    """
    if actor.kind not in KEEPERS:
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
        ).update(state=SlotState.BLOCKED, closed_by=ClosedBy.HAND, held_by=None, held_until=None)
        record(actor, "slot.block", ("doctor", doctor_id), detail={"on": str(on), "closed": closed})
        return closed


def close_between(actor: Actor, doctor_id: UUID, spans: list[Span]) -> int:
    """The head closes the free times that touch the spans; booked ones stay, they need a talk.

    Days that the spans cover whole become exceptions of the plan too. Returns how many times were
    closed. Raises Refusal (missing).
    """
    doctor = find_doctor(doctor_id)
    if actor.kind is not ActorKind.HEAD or doctor is None:
        raise missing("Расписание")
    if doctor.organisation_id != actor.workplace:
        raise missing("Врач")
    closed = 0
    with transaction.atomic():
        for begin, end in spans:
            rows = Slot.objects.filter(
                AVAILABLE, doctor_id=doctor_id, starts_at__lt=end, ends_at__gt=begin
            )
            closed += rows.update(
                state=SlotState.BLOCKED, closed_by=ClosedBy.HAND, held_by=None, held_until=None
            )
            first, last = whole_days(begin, end)
            if first <= last:
                deviate(actor, doctor_id, Change(first, last, Turn.OFF))
        record(actor, "slot.block", ("doctor", doctor_id), detail={"closed": closed})
    return closed


def _change(actor: Actor, slot_id: UUID, act: SlotAct) -> Slot:
    with transaction.atomic():
        slot = (
            Slot.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=slot_id, organisation_id=actor.workplace)
            .first()
        )
        if slot is None or actor.kind not in KEEPERS:
            raise missing("Время приёма")
        slot.state = SLOT.after(SlotState(slot.state), act)
        slot.closed_by = ClosedBy.HAND if act is SlotAct.BLOCK else ""
        slot.save(update_fields=["state", "closed_by"])
        record(actor, f"slot.{act}", ("slot", slot_id))
        return slot
