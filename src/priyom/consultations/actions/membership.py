"""Who takes part on the patient's side, and the end of it when the right to the card has ended."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from priyom.audit.actions import record
from priyom.consultations.actions.living import lock
from priyom.consultations.actions.talk import has_consent
from priyom.consultations.models import Member
from priyom.consultations.rules import consent_needed
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.models import Owner
from priyom.patients.queries import may_act_for, people_of


def join(actor: Actor, consultation_id: UUID) -> Member:
    """Make the patient's or representative's account a member; needs the given consent.

    Repeating it changes nothing and locks nothing: every opening of the page does. The
    consultant is a member since the booking.
    """
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Консультация")
    members = Member.objects.select_related("consultation").filter(account=actor.account)
    known = members.filter(consultation_id=consultation_id).first()
    if known is not None and known.until is None:
        may_act_for(actor, known.consultation.patient_id, "Консультация")
        return known
    with transaction.atomic():
        consultation = lock(consultation_id)
        may_act_for(actor, consultation.patient_id, "Консультация")
        known = Member.objects.filter(consultation=consultation, account=actor.account).first()
        if known is not None and known.until is None:
            return known
        if not has_consent(consultation):
            raise consent_needed()
        member, _ = Member.objects.update_or_create(
            consultation=consultation,
            account_id=actor.account,
            defaults={"until": None, "name": actor.name},
            create_defaults={"side": "patient", "name": actor.name, "since": clock.now()},
        )
        record(
            actor,
            "consultation.join",
            ("consultation", consultation.pk),
            patient=consultation.patient_id,
        )
        return member


def end_memberships(accounts: Collection[UUID] | None = None) -> int:
    """End the membership of those who no longer stand for the patient; jobs call it.

    A child turns fifteen, a guardian's term runs out, a registrar ends a right (then `accounts`
    says whose): pages ask for the right each time, the gateway knows members only. Returns how
    many ended.
    """
    own = Owner.objects.filter(
        account=OuterRef("account_id"), patient=OuterRef("consultation__patient_id")
    )
    members = Member.objects.filter(~Exists(own), side="patient", until=None)
    if accounts is not None:
        members = members.filter(account_id__in=accounts)
    others = members.select_related("consultation").order_by("account_id")
    ended = 0
    account, allowed = None, frozenset[UUID]()
    for member in others.iterator():
        if member.account_id != account:
            account = member.account_id
            people = people_of(Actor(ActorKind.PATIENT, account))
            allowed = frozenset(person.id for person in people)
        if member.consultation.patient_id not in allowed:
            _end(member)
            ended += 1
    return ended


def _end(member: Member) -> None:
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(until=clock.now())
        record(
            SYSTEM,
            "consultation.leave",
            ("consultation", member.consultation_id),
            patient=member.consultation.patient_id,
            detail={"account": str(member.account_id)},
        )
