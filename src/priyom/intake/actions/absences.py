"""A doctor is away: free times close, each booked patient chooses another time, all are told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from priyom.audit.actions import record
from priyom.consultations.models import Consultation
from priyom.intake import news
from priyom.intake.actions.living import required
from priyom.intake.actions.moving import request_of, require_fitting, reschedule, send_back
from priyom.intake.actions.telling import by_phone, drop
from priyom.intake.actions.ticking import each
from priyom.intake.choices import (
    ABSENCE,
    LONGEST_ABSENCE,
    TRANSFER,
    AbsenceAct,
    AbsenceState,
    News,
    TransferAct,
    TransferState,
    not_told,
    odd_days,
    over_already,
)
from priyom.intake.models import Absence, Request, Transfer
from priyom.intake.queries.absences import nearest_of
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for
from priyom.schedule import actions as schedule
from priyom.schedule.queries import start_of


@dataclass(frozen=True, slots=True)
class Away:
    """Whose absence, its first and last Moscow day, and the reason that patients see."""

    doctor: UUID
    first: date
    last: date
    reason: str


def prepare_absence(actor: Actor, away: Away) -> Absence:
    """Close the doctor's free times of these days and list whom it displaces; tells nobody yet.

    Raises Refusal: missing for strangers and doctors of another МО, invalid without a reason or
    for odd days.
    """
    said = required(away.reason)
    is_odd = away.last < away.first or away.first < clock.today()
    if is_odd or (away.last - away.first).days >= LONGEST_ABSENCE:
        raise odd_days()
    with transaction.atomic():
        closed = schedule.close_days(actor, away.doctor, away.first, away.last)
        made = Absence.objects.create(
            organisation_id=actor.workplace,
            doctor_id=away.doctor,
            first_on=away.first,
            last_on=away.last,
            reason=said,
            deviation=closed,
            prepared_at=clock.now(),
            prepared_by_name=actor.name,
        )
        for row in _displaced(actor, away):
            Transfer.objects.create(absence=made, consultation=row, starts_at=row.starts_at)
        record(actor, "absence.prepare", ("absence", made.pk))
        return made


def undo_absence(actor: Actor, absence_id: UUID) -> int:
    """Open the times again: nobody was told, nobody moves. Returns how many are free again.

    Raises Refusal: missing for strangers, conflict once the people were told.
    """
    with transaction.atomic():
        absence = _change(actor, absence_id, AbsenceAct.UNDO)
        for transfer in absence.transfers.filter(state=TransferState.WAITING):
            _settle(actor, transfer, TransferAct.DROP)
        return schedule.reopen_days(actor, absence.deviation_id) if absence.deviation_id else 0


def tell_absence(actor: Actor, absence_id: UUID) -> int:
    """Write to each displaced patient with the nearest times and a link; the rest are to be called.

    Returns how many have no address. Raises Refusal: missing for strangers, conflict when told.
    """
    with transaction.atomic():
        absence = _change(actor, absence_id, AbsenceAct.TELL)
        absence.told_at = clock.now()
        absence.save(update_fields=["told_at"])
        waiting = absence.transfers.filter(state=TransferState.WAITING).select_related(
            "absence", "consultation__organisation", "consultation__patient"
        )
        rows = []
        for transfer in waiting.order_by("starts_at", "pk"):
            if transfer.is_over:
                _settle(actor, transfer, TransferAct.DROP)
            else:
                rows.append(transfer)
        near = nearest_of(absence, rows)
        for transfer in rows:
            request = Request.objects.filter(consultation=transfer.consultation_id).first()
            times = [one.starts_at for one in near[transfer.pk]]
            transfer.is_by_phone = not news.tell_displaced(request, transfer, times)
            transfer.save(update_fields=["is_by_phone"])
            by_phone(actor, News.DISPLACED, request, transfer.consultation)
        return sum(transfer.is_by_phone for transfer in rows)


def choose_time(actor: Actor, transfer_id: UUID, slot_id: UUID) -> Consultation:
    """Move a displaced consultation to the time that the patient chose, by link or on the phone.

    By the patient's side, a time of the same speciality that patients may have; or by a registrar
    of the МО, any. Raises Refusal: SlotGone (conflict) with the nearest times, missing for
    strangers and strange times, conflict when it is settled, over or not told yet.
    """
    with transaction.atomic():
        transfer = _open(actor, transfer_id, TransferAct.CHOOSE)
        if actor.kind is ActorKind.PATIENT:
            require_fitting(transfer.absence.doctor.speciality_id, slot_id)
        moved = reschedule(
            _at_clinic(actor, transfer), transfer.consultation_id, slot_id, transfer.absence.reason
        )
        _settle(actor, transfer, TransferAct.CHOOSE)
        drop(actor, request_of(moved.pk), moved)  # whoever chose has heard it
        return moved


def give_back(actor: Actor, transfer_id: UUID, reason: str) -> None:
    """Send the request back to the journal: no time fits. By the patient's side or a registrar.

    Raises Refusal: missing for strangers, conflict when it is settled, over or not told yet,
    invalid without a reason.
    """
    said = required(reason)
    with transaction.atomic():
        transfer = _open(actor, transfer_id, TransferAct.GIVE_BACK)
        ended = _give_back(actor, transfer, said)
        drop(actor, None, ended)


def settle_transfers() -> int:
    """What moved or ended another way is dropped; who kept silent goes back to the journal.

    Each in a transaction of its own: one's trouble never stops the next. Returns how many.
    """
    rows = Transfer.objects.filter(state=TransferState.WAITING, absence__state=AbsenceState.TOLD)
    keys = list(rows.order_by("starts_at").values_list("pk", flat=True))
    return each("the settling of transfer", keys, _settle_one)


def _settle_one(key: UUID) -> bool:
    with transaction.atomic():
        transfer = _lock(key)
        if transfer.state != TransferState.WAITING:
            return False
        if transfer.is_over:
            _settle(SYSTEM, transfer, TransferAct.DROP)
            drop(SYSTEM, None, transfer.consultation, news=News.DISPLACED)
            return True
        if transfer.starts_at > clock.now():
            return False
        _give_back(SYSTEM, transfer, transfer.absence.reason)
        return True


def _displaced(actor: Actor, away: Away) -> list[Consultation]:
    """Return the booked consultations of these days that no other absence is asking about."""
    rows = Consultation.objects.filter(
        doctor_id=away.doctor,
        organisation_id=actor.workplace,
        state="scheduled",
        starts_at__gt=clock.now(),
        starts_at__gte=start_of(away.first),
        starts_at__lt=start_of(away.last + timedelta(days=1)),
    )
    asked = set()
    waiting = Transfer.objects.filter(state=TransferState.WAITING, consultation__in=rows)
    for transfer in waiting.select_related("absence", "consultation"):
        if transfer.is_over:  # it has moved into these days, and the tick has not seen it yet
            _settle(actor, transfer, TransferAct.DROP)
        else:
            asked.add(transfer.consultation_id)
    return list(rows.exclude(pk__in=asked).order_by("starts_at", "pk"))


def _give_back(actor: Actor, transfer: Transfer, said: str) -> Consultation:
    ended = send_back(_at_clinic(actor, transfer), transfer.consultation_id, said)
    _settle(actor, transfer, TransferAct.GIVE_BACK)
    return ended


def _settle(actor: Actor, transfer: Transfer, act: TransferAct) -> None:
    transfer.state = TRANSFER.after(TransferState(transfer.state), act)
    transfer.settled_at = clock.now()
    transfer.save(update_fields=["state", "settled_at"])
    patient = transfer.consultation.patient_id
    record(actor, f"transfer.{act}", ("transfer", transfer.pk), patient=patient)


def _change(actor: Actor, absence_id: UUID, act: AbsenceAct) -> Absence:
    rows = Absence.objects.select_for_update(of=("self",))
    absence = rows.filter(pk=absence_id, organisation_id=actor.workplace).first()
    if absence is None or not actor.keeps_registry:
        raise missing("Страница")
    absence.state = ABSENCE.after(AbsenceState(absence.state), act)
    absence.save(update_fields=["state"])
    record(actor, f"absence.{act}", ("absence", absence.pk))
    return absence


def _lock(transfer_id: UUID) -> Transfer:
    """Return the transfer locked, then its request and its consultation: the order of every act."""
    rows = Transfer.objects.filter(pk=transfer_id)
    found = rows.select_for_update(no_key=True).values_list("consultation_id").first()
    if found is None:
        raise missing("Страница")
    request_of(found[0], lock=True)
    Consultation.objects.select_for_update(no_key=True).values_list("pk").get(pk=found[0])
    return rows.select_related("absence__doctor", "consultation__organisation").get()


def _open(actor: Actor, transfer_id: UUID, act: TransferAct) -> Transfer:
    """Return the transfer locked, for who may decide on it; raise missing for anybody else.

    Raises conflict when it is settled or over, or before the people were told.
    """
    transfer = _lock(transfer_id)
    if actor.kind is ActorKind.PATIENT:
        may_act_for(actor, transfer.consultation.patient_id, "Страница")
    elif not actor.keeps_registry or actor.organisation != transfer.absence.organisation_id:
        raise missing("Страница")
    if transfer.absence.state != AbsenceState.TOLD:
        raise not_told()
    TRANSFER.after(TransferState(transfer.state), act)
    if transfer.is_over:
        raise over_already()
    return transfer


def _at_clinic(actor: Actor, transfer: Transfer) -> Actor:
    """Return the actor as a guest of the МО: its times are what a patient may choose from."""
    return replace(actor, organisation=transfer.absence.organisation_id)
