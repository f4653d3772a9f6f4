"""Writes of a card: a new one, its confirmed e-mail."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg import sql

from priyom.audit import actions as audit
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients import queries, rules
from priyom.patients.actions.history import alter, locked
from priyom.patients.models import Family, Given, Patient
from priyom.patients.rules import CardData, NumberTaken


def register(actor: Actor, data: CardData) -> Patient:
    """Make a card, keep the dictionary of families in step; the same `data.key` again makes none.

    Raises Refusal: missing (not a registrar), invalid (the first fault, with its field),
    NumberTaken (conflict, names the card that has this СНИЛС or ЕНП).
    """
    registrar_only(actor)
    found = rules.faults(data, clock.today())
    if found:
        raise found[0]
    try:
        with transaction.atomic():
            made = _repeated(data)
            if made:
                return made
            card = Patient.objects.create(id=data.key, **rules.cleaned(data))
            count(Family, card.family_key)
            count(Given, card.given_key)
            audit.record(
                actor, "patients.register", ("patient", card.id), patient=card.id,
                detail={"temporary": card.is_temporary},
            )  # fmt: skip
            return card
    except IntegrityError:
        # Another registrar was quicker by milliseconds: with this very form, or with the number.
        made = _repeated(data)
        if made:
            return made
        raise


def registrar_only(actor: Actor) -> None:
    """Raise Refusal (missing) for anybody but a registrar."""
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing()


def _repeated(data: CardData) -> Patient | None:
    """Return the card that this very form has made; refuse when another one has its numbers."""
    made = Patient.objects.filter(id=data.key).first()
    taken = None if made else queries.with_number(data.snils, data.enp)
    if taken:
        name, card = taken
        if card.id == data.key:  # made between the two reads
            return card
        label = {"snils": "СНИЛС", "enp": "номером полиса"}[name]
        raise NumberTaken(name, label, f"{card}, {card.birth_on:%d.%m.%Y}", card.id)
    return made


_COUNT = sql.SQL(
    "INSERT INTO {table} AS w ({key}, people) VALUES (%s, 1) "
    "ON CONFLICT ({key}) DO UPDATE SET people = w.people + 1"
)


def count(model: type[Family] | type[Given], word: str) -> None:
    """Count one more card with this word; the first one makes it known to the search."""
    names = {
        "table": sql.Identifier(model._meta.db_table),
        "key": sql.Identifier(model._meta.pk.column),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(**names), [word])


def confirm_email(actor: Actor, patient: UUID, email: str) -> Patient:
    """Keep the address as confirmed now: said aloud to a registrar, or typed by the account itself.

    The system does it for who has opened the link of a letter.

    Raises Refusal: missing (neither registrar nor the patient's side), invalid (no address).
    """
    if actor.kind not in (ActorKind.REGISTRAR, ActorKind.SYSTEM):
        queries.may_act_for(actor, patient)
    address = email.strip()
    if not rules.is_email(address):
        raise rules.wrong_email()
    with transaction.atomic():
        card = locked(patient)
        if card.email == address and card.email_confirmed_at:
            return card
        alter(actor, card, "confirm_email", {"email": address, "email_confirmed_at": clock.now()})
        audit.record(actor, "patients.confirm_email", ("patient", patient), patient=patient)
    return card
