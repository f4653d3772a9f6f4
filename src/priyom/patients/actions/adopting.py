"""A person whom another index knows becomes a card of this base, once."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from priyom.audit import actions as audit
from priyom.kernel.actor import Actor
from priyom.patients import queries, rules
from priyom.patients.actions.cards import register, registrar_only
from priyom.patients.actions.history import locked, note
from priyom.patients.lines import card_key
from priyom.patients.models import Alias, Patient
from priyom.patients.pdqm import Stranger
from priyom.patients.rules import NumberTaken


def adopt(actor: Actor, source: str, stranger: Stranger) -> Patient:
    """Return the card of a person of another index, made now if this base has none; once.

    A card of the same name, birth and СНИЛС or ЕНП gets the other index's number and stays as it
    is. Raises Refusal: missing (not a registrar), invalid (what the index says makes no card),
    NumberTaken (the number is another person's here).
    """
    registrar_only(actor)
    try:
        return _adopt(actor, source, stranger)
    except IntegrityError:
        # Another registrar was quicker by milliseconds: now it is seen.
        return _adopt(actor, source, stranger)


def _adopt(actor: Actor, source: str, stranger: Stranger) -> Patient:
    known = queries.by_alias(source, stranger.number)
    if known:
        return known
    data = stranger.card(card_key(source, stranger.number))
    with transaction.atomic():
        try:
            card = register(actor, data)
        except NumberTaken as taken:
            card = _same_person(taken, stranger)
        Alias.objects.create(source=source, number=stranger.number, patient=card)
        note(actor, card, "adopt", {"alias": ("", f"{source}, {stranger.number}")})
        audit.record(
            actor, "patients.adopt", ("patient", card.id), patient=card.id,
            detail={"source": source},
        )  # fmt: skip
    return card


def _same_person(taken: NumberTaken, stranger: Stranger) -> Patient:
    """Return the card that has the number when it is the same person's; else raise `taken`."""
    kept = queries.staying(taken.patient)
    names = (stranger.family, stranger.given)
    if kept is None or kept.birth_on != stranger.birth_on:
        raise taken
    if not rules.is_same_person(names, (kept.family, kept.given)):
        raise taken
    return locked(kept.id)
