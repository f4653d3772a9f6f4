"""Cards and actors for the tests of this room."""

from __future__ import annotations

from datetime import date
from typing import Any

from priyom.accounts.models import Account
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.patients import actions
from priyom.patients.models import Patient, Representative
from priyom.patients.rules import CardData
from priyom.patients.standing import Bond, Proof, Relation

VERA = Actor(ActorKind.REGISTRAR, uuid7(), "Вера", organisation=uuid7())
BORIS = Actor(ActorKind.DOCTOR, uuid7(), "Борис", organisation=uuid7(), doctor=uuid7())
ADMIN = Actor(ActorKind.ADMIN, uuid7(), "Админ")

ANNA_SNILS = "11223344595"
ANNA_ENP = "7941983111972141"
ANNA: dict[str, Any] = {
    "family": "Иванова",
    "given": "Анна",
    "patronymic": "Сергеевна",
    "birth_on": date(1984, 3, 12),
    "sex": "f",
    "snils": ANNA_SNILS,
    "enp": ANNA_ENP,
    "document": "4008 123456",
    "phone": "8 921 555-10-20",
}


def card(**other: Any) -> Patient:
    """Register a card; Anna's own unless said otherwise, numbers only when given."""
    numbers = {"snils": "", "enp": "", "document": "", "phone": ""} if other else {}
    return actions.register(VERA, CardData(**{**ANNA, **numbers, **other}))


def account(**other: Any) -> tuple[Account, Actor]:
    """Make a proven portal account, Anna's unless said otherwise, and its actor."""
    known = {"family": "Иванова", "given": "Анна", "birth_on": date(1984, 3, 12)}
    made = Account.objects.create(
        **{
            "esia_oid": str(uuid7().int % 10**9),
            "snils": ANNA_SNILS,
            "is_trusted": True,
            **known,
            **other,
        }
    )
    return made, Actor(ActorKind.PATIENT, made.id, str(made))


def bond(relation: Relation = Relation.MOTHER, **other: Any) -> Bond:
    """Return who stands for a patient, by the usual paper unless said otherwise."""
    paper = Proof.COURT if relation is Relation.GUARDIAN else Proof.BIRTH
    known: dict[str, Any] = {
        "proof": paper,
        "number": "IV-МЮ 123456",
        "issued_on": clock.today(),
        "issued_by": "ЗАГС Невского района",
    }
    return Bond(relation, **{**known, **other})


def stands(patient: Patient, person: Patient, **other: Any) -> Representative:
    """Let Vera enter who stands for the patient, a mother unless said otherwise."""
    return actions.represent(VERA, patient.id, person.id, bond(**other))
