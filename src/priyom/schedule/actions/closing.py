"""Times closed because the doctor is not there, and opened again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from priyom.audit.actions import record
from priyom.clinics.queries import doctor as find_doctor
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.schedule.actions.order import lock
from priyom.schedule.actions.planning import deviate
from priyom.schedule.models import Deviation, Slot
from priyom.schedule.plan import Change, Turn, check_change, whole_days
from priyom.schedule.queries import AVAILABLE, start_of
from priyom.schedule.rules import SLOT, ClosedBy, SlotAct, SlotState, Span, overlaps


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


def close_days(actor: Actor, doctor_id: UUID, first: date, last: date) -> Deviation:
    """Close what is free or held of the doctor's Moscow days: an absence; booked times stay.

    Whoever held a time loses it; what is booked closes when it is given back (`booking.free`).
    Returns the exception that keeps plans away from these days; `reopen_days` takes it back. By
    registrars and heads. Raises Refusal (missing) for strangers, invalid for odd days.
    """
    if not actor.keeps_registry:
        raise missing("Расписание")
    doctor = find_doctor(doctor_id)
    if doctor is None or doctor.organisation_id != actor.workplace:
        raise missing("Врач")
    check_change(Change(first, last, Turn.OFF))
    with transaction.atomic():
        made = Deviation.objects.create(
            organisation_id=actor.workplace,
            doctor=doctor,
            first_on=first,
            last_on=last,
            turn=Turn.OFF,
            is_absence=True,
        )
        lock(Slot.objects.filter(_of_days(made)))  # who is just giving one back is waited for
        closed = Slot.objects.filter(
            _of_days(made), state__in=[SlotState.FREE, SlotState.HELD]
        ).update(state=SlotState.BLOCKED, closed_by=ClosedBy.ABSENCE, held_by=None, held_until=None)
        detail = {"first": str(first), "last": str(last), "closed": closed}
        record(actor, "slot.block", ("doctor", doctor_id), detail=detail)
        return made


def reopen_days(actor: Actor, deviation_id: UUID) -> int:
    """Open again what an absence had closed; what another one keeps, or lies under, stays closed.

    Returns how many times are free again. Raises Refusal (missing).
    """
    with transaction.atomic():
        found = Deviation.objects.filter(
            pk=deviation_id, organisation_id=actor.workplace, is_absence=True
        ).first()
        if found is None or not actor.keeps_registry:
            raise missing("Расписание")
        lock(Slot.objects.filter(_of_days(found)))
        rows = Slot.objects.filter(
            _of_days(found), state=SlotState.BLOCKED, closed_by=ClosedBy.ABSENCE
        )
        others = Deviation.objects.filter(doctor=found.doctor, is_absence=True)
        for other in others.exclude(pk=found.pk):
            rows = rows.exclude(_of_days(other))
        opened = 0
        for slot in rows.order_by("pk"):
            with suppress(IntegrityError), transaction.atomic():
                opened += Slot.objects.filter(pk=slot.pk, state=SlotState.BLOCKED).update(
                    state=SlotState.FREE, closed_by=""
                )
        found.delete()
        detail = {"first": str(found.first_on), "last": str(found.last_on), "opened": opened}
        record(actor, "slot.unblock", ("doctor", found.doctor_id), detail=detail)
        return opened


def _of_days(away: Deviation) -> Q:
    return Q(
        doctor_id=away.doctor_id,
        starts_at__gte=start_of(away.first_on),
        starts_at__lt=start_of(away.last_on + timedelta(days=1)),
    )


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
    touched = Q(pk__in=[])
    for begin, end in spans:
        touched |= Q(starts_at__lt=end, ends_at__gt=begin)
    with transaction.atomic():
        rows = Slot.objects.filter(AVAILABLE, touched, doctor_id=doctor_id)
        closed = Slot.objects.filter(pk__in=lock(rows)).update(
            state=SlotState.BLOCKED, closed_by=ClosedBy.HAND, held_by=None, held_until=None
        )
        for begin, end in spans:
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
        if slot is None or not actor.keeps_registry:
            raise missing("Время приёма")
        slot.state = SLOT.after(SlotState(slot.state), act)
        slot.closed_by = ClosedBy.HAND if act is SlotAct.BLOCK else ""
        slot.save(update_fields=["state", "closed_by"])
        record(actor, f"slot.{act}", ("slot", slot_id))
        return slot
