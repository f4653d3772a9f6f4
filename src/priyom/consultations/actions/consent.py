"""Giving and withdrawing the informed consent (ИДС)."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from priyom.audit.actions import record
from priyom.consultations.actions.booking import cancel
from priyom.consultations.actions.living import note
from priyom.consultations.models import Consent, Consultation
from priyom.consultations.rules import (
    CONSENT,
    CONSENT_VERSION,
    LIVE,
    ConsentAct,
    ConsentState,
    EntryKind,
)
from priyom.files.models import Blob
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for


def give_consent(
    actor: Actor,
    patient_id: UUID,
    organisation_id: UUID,
    method: str = "esia",
    scan: Blob | None = None,
) -> Consent:
    """Record the consent of a patient to one МО; a second time returns the one that is given.

    `method`: esia (the patient or representative in the portal), visit (taken by a doctor or
    registrar of this МО on the spot), code, paper (`scan` is the picture of the signed sheet).
    """
    if actor.kind is ActorKind.PATIENT:
        may_act_for(actor, patient_id)
    elif not actor.is_staff or actor.organisation != organisation_id or method == "esia":
        raise missing("Карта")
    try:
        with transaction.atomic():
            consent = Consent.objects.create(
                patient_id=patient_id,
                organisation_id=organisation_id,
                text_version=CONSENT_VERSION,
                method=method,
                scan=scan,
                given_by=actor.account,
                given_by_name=actor.name,
                given_at=clock.now(),
            )
            record(actor, "consent.give", ("consent", consent.pk), patient=patient_id)
            for live in _live(patient_id, organisation_id).order_by("pk"):
                note(actor, live.pk, EntryKind.CONSENTED, method=method)
    except IntegrityError:
        return Consent.objects.get(
            patient_id=patient_id, organisation_id=organisation_id, state=ConsentState.GIVEN
        )
    return consent


def withdraw_consent(actor: Actor, consent_id: UUID) -> list[Consultation]:
    """Withdraw it; the live consultations of this patient in this МО are cancelled with it.

    Returns those consultations, for the room above to tell whom they concern.
    """
    with transaction.atomic():
        # Order of locks as in begin: consultations first, then the consent row.
        consent = Consent.objects.filter(pk=consent_id).first()
        if consent is None or actor.kind is not ActorKind.PATIENT:
            raise missing("Согласие")
        may_act_for(actor, consent.patient_id, "Согласие")
        live = _live(consent.patient_id, consent.organisation_id)
        # The state is asked again under the lock: what ended meanwhile needs no cancelling.
        locked = list(live.select_for_update(no_key=True).order_by("pk"))
        consent = Consent.objects.select_for_update().get(pk=consent_id)
        consent.state = CONSENT.after(ConsentState(consent.state), ConsentAct.WITHDRAW)
        consent.withdrawn_by, consent.withdrawn_at = actor.account, clock.now()
        consent.save()
        for consultation in locked:
            note(actor, consultation.pk, EntryKind.CONSENT_WITHDRAWN)
        record(actor, "consent.withdraw", ("consent", consent.pk), patient=consent.patient_id)
        return [cancel(SYSTEM, one.pk, "Пациент отозвал согласие") for one in locked]


def _live(patient_id: UUID, organisation_id: UUID) -> QuerySet[Consultation]:
    return Consultation.objects.filter(
        patient_id=patient_id, organisation_id=organisation_id, state__in=sorted(LIVE)
    )
