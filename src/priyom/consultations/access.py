"""Who may do which act with a consultation; strangers are told it does not exist."""

from __future__ import annotations

from priyom.clinics.queries import doctor
from priyom.consultations.models import Consultation
from priyom.consultations.rules import ConsultationAct
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for

_A = ConsultationAct
_BY_CONSULTANT = frozenset(
    {_A.BEGIN, _A.ASK, _A.HAND_OVER, _A.FORM, _A.REVISE, _A.COMPLETE, _A.MISS, _A.RETURN}
)
_BY_COLLEAGUE = frozenset({_A.TAKE_OVER})
_BY_REGISTRY = frozenset({_A.RESCHEDULE, _A.CANCEL})
_BY_PATIENT = frozenset({_A.ASK_TO_MOVE, _A.CANCEL, _A.RESCHEDULE})
"""RESCHEDULE only through the acts of intake that ask which times were offered."""


def is_consultant(actor: Actor, consultation: Consultation) -> bool:
    """Tell whether the actor is the doctor who has this consultation now."""
    return actor.kind is ActorKind.DOCTOR and actor.doctor == consultation.doctor_id


def is_colleague(actor: Actor, consultation: Consultation) -> bool:
    """Tell whether the actor is another working doctor of the same speciality in the same МО."""
    if actor.kind is not ActorKind.DOCTOR or actor.doctor in (None, consultation.doctor_id):
        return False
    mine = doctor(actor.consultant)
    return (
        mine is not None
        and mine.works
        and mine.organisation_id == consultation.organisation_id
        and mine.speciality_id == consultation.doctor.speciality_id
    )


def is_registry(actor: Actor, consultation: Consultation) -> bool:
    """Tell whether the actor is a registrar or head of the consultation's МО."""
    return (
        actor.kind in (ActorKind.REGISTRAR, ActorKind.HEAD)
        and actor.organisation == consultation.organisation_id
    )


def may(actor: Actor, act: ConsultationAct, consultation: Consultation) -> None:
    """Return when the actor may do the act in some state; raise missing for anybody else."""
    if actor.kind is ActorKind.SYSTEM:
        return
    if act in _BY_CONSULTANT and is_consultant(actor, consultation):
        return
    if act in _BY_COLLEAGUE and is_colleague(actor, consultation):
        return
    if act in _BY_REGISTRY and is_registry(actor, consultation):
        return
    if act in _BY_PATIENT and actor.kind is ActorKind.PATIENT:
        may_act_for(actor, consultation.patient_id, "Консультация")
        return
    raise missing("Консультация")
