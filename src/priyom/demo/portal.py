"""Accounts of people who signed in by ЕСИА before, and their links to their own cards."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from priyom.demo.dice import Dice
from priyom.demo.people import Human
from priyom.kernel.ids import made_at


def portal_account(human: Human, oid: str, at: datetime) -> dict[str, Any]:
    """Return the account of somebody who signed in by ЕСИА before."""
    return {
        "id": account_key(human.key),
        "password": "!",
        "esia_oid": oid,
        "login": None,
        "family": human.name.family,
        "given": human.name.given,
        "patronymic": human.name.patronymic,
        "birth_on": human.born,
        "snils": human.snils or "",
        "email": human.email,
        "is_trusted": True,
        "made_at": at,
    }


def account_key(patient: UUID) -> UUID:
    """Return the key of a person's portal account: from the card's, but never equal to it."""
    return Dice(f"portal {patient}").key(made_at(patient))


def owner(human: Human, at: datetime) -> dict[str, Any]:
    """Return the link of an account to its own card."""
    return {"account_id": account_key(human.key), "patient_id": human.key, "linked_at": at}
