"""Who has no e-mail is told by phone: what there is to tell, and what came of each call."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from priyom.audit.actions import record
from priyom.consultations.models import Consultation
from priyom.intake.actions.living import lock, step
from priyom.intake.choices import TELLING, News, TellingAct, TellingState, no_call_back
from priyom.intake.models import Request, Telling
from priyom.intake.rules import Contact
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

_STEPS = {
    TellingAct.TELL: Contact.CALLED,
    TellingAct.MISS: Contact.NO_ANSWER,
    TellingAct.CALL_BACK: Contact.CALL_BACK,
}


def by_phone(
    actor: Actor, news: News, request: Request | None, consultation: Consultation | None = None
) -> bool:
    """Put it on the list of calls, in the act's transaction, if no address is known; True then.

    What the patient's side has done it knows already; of who has died nobody is told. Raises
    ValueError for news of nothing.
    """
    drop(actor, request, consultation)
    place = consultation or request
    if place is None:
        raise ValueError("news is of a request or of a consultation")
    card = place.patient
    email = request.email if request else card.email if card else ""
    if email or actor.kind is ActorKind.PATIENT or (card and card.is_dead):
        return False
    Telling.objects.create(
        organisation_id=place.organisation_id,
        request=request,
        consultation=consultation,
        news=news,
        made_at=clock.now(),
    )
    return True


def drop(
    actor: Actor,
    request: Request | None,
    consultation: Consultation | None,
    *,
    news: News | None = None,
) -> None:
    """Take off the list, in the act's transaction, what has become old: all or that `news` only."""
    about = Q(request=request) if request else Q(pk=None)
    about |= Q(consultation=consultation) if consultation else Q(pk=None)
    rows = Telling.objects.filter(about, state=TellingState.WAITING)
    if news is not None:
        rows = rows.filter(news=news)
    for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
        _settle(actor, row, TellingAct.DROP)


def call(
    actor: Actor, telling_id: UUID, act: TellingAct, call_back_at: datetime | None = None
) -> Telling:
    """Write what came of a call: told, not reached, or to be called back at an aware instant.

    By registrars and heads. Raises Refusal: missing for strangers, conflict when it is settled,
    invalid without the time to call back.
    """
    if act not in _STEPS:
        raise missing("Страница")
    if act is TellingAct.CALL_BACK and (call_back_at is None or call_back_at <= clock.now()):
        raise no_call_back()
    with transaction.atomic():
        rows = Telling.objects.filter(pk=telling_id, organisation_id=actor.workplace)
        found = rows.values_list("request_id").first()
        if found is None or not actor.keeps_registry:
            raise missing("Страница")
        request = lock(found[0]) if found[0] else None  # first, as in every act
        rows.select_for_update(no_key=True).values_list("pk").get()
        row = rows.select_related("consultation").get()
        row.attempts += 1
        row.call_back_at = call_back_at if act is TellingAct.CALL_BACK else None
        _settle(actor, row, act)
        if request is not None:
            step(actor, request, _STEPS[act], call_back_at=row.call_back_at)
        return row


def _settle(actor: Actor, row: Telling, act: TellingAct) -> None:
    row.state = TELLING.after(TellingState(row.state), act)
    if row.state != TellingState.WAITING:
        row.settled_at, row.settled_by_name = clock.now(), actor.name
    row.save()
    whose = row.consultation or row.request
    patient = whose.patient_id if whose else None
    record(actor, f"telling.{act}", ("telling", row.pk), patient=patient)
