"""A card put right: corrected, with further phones, documents and policies, or closed by death."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from priyom.audit import actions as audit
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.patients import details, queries, rules
from priyom.patients.actions.cards import count, registrar_only
from priyom.patients.actions.history import alter, changeable, note
from priyom.patients.details import MAIN, VERIFIED, DetailData, DetailKind
from priyom.patients.models import Detail, Family, Given, Patient
from priyom.patients.rules import CardData, NumberTaken


def amend(actor: Actor, patient: UUID, data: CardData, seen: UUID | None) -> list[str]:
    """Give the card what a registrar has read from documents; return the fields that changed.

    `seen` is the newest change the registrar had before the eyes. A changed e-mail has to be
    confirmed anew. Raises Refusal: missing, invalid (the first fault, with its field), conflict
    (changed meanwhile; merged; another card has the number: NumberTaken).
    """
    registrar_only(actor)
    found = rules.faults(data, clock.today())
    if found:
        raise found[0]
    try:
        with transaction.atomic():
            card = changeable(patient)
            if queries.newest_change(patient) != seen:
                raise rules.changed_meanwhile()
            refuse_taken(patient, data.snils, data.enp)
            return _amend(actor, card, data)
    except IntegrityError:
        refuse_taken(patient, data.snils, data.enp)
        raise


def _amend(actor: Actor, card: Patient, data: CardData) -> list[str]:
    values = rules.cleaned(data)
    if values["email"] != card.email:
        values["email_confirmed_at"] = None
    changed = alter(actor, card, "amend", values)
    card.refresh_from_db(fields=["family_key", "given_key"])
    if "family" in changed:
        count(Family, card.family_key)
    if "given" in changed:
        count(Given, card.given_key)
    if changed:
        audit.record(
            actor, "patients.amend", ("patient", card.id), patient=card.id,
            detail={"fields": changed},
        )  # fmt: skip
    return changed


def refuse_taken(patient: UUID, snils: str, enp: str) -> None:
    """Raise NumberTaken when another card has one of the numbers."""
    taken = queries.with_number(snils, enp, but=patient)
    if taken:
        name, card = taken
        label = {"snils": "СНИЛС", "enp": "номером полиса"}[name]
        raise NumberTaken(name, label, f"{card}, {card.birth_on:%d.%m.%Y}", card.id)


def add_detail(actor: Actor, patient: UUID, data: DetailData) -> Detail:
    """Add a phone, e-mail, address, document or policy; the same again changes nothing.

    Raises Refusal: missing (not a registrar, no such card), invalid, conflict (merged).
    """
    registrar_only(actor)
    if data.form not in details.FORMS[data.kind]:
        data = replace(data, form=next(iter(details.FORMS[data.kind])))
    value = details.normal(data.kind, data.form, data.value)
    with transaction.atomic():
        card = changeable(patient)
        row, is_new = Detail.objects.get_or_create(
            patient=card, kind=data.kind, value=value,
            defaults={"form": data.form, "note": data.note.strip()},
        )  # fmt: skip
        if is_new or row.until:
            row.until = None
            row.save(update_fields=["until"])
            note(actor, card, "add_detail", {data.kind: ("", value)})
            _audit(actor, "patients.add_detail", row)
    return row


def end_detail(actor: Actor, detail: UUID) -> Detail:
    """Say that a detail is true no longer; it stays readable and the search still finds by it.

    Raises Refusal: missing, conflict (merged).
    """
    with transaction.atomic():
        card, row = _detail(actor, detail)
        if row.until is None:
            row.until = clock.today()
            row.save(update_fields=["until"])
            note(actor, card, "end_detail", {row.kind: (row.value, "")})
            _audit(actor, "patients.end_detail", row)
    return row


def verify_detail(actor: Actor, detail: UUID) -> Detail:
    """Say that the person has just confirmed this phone or e-mail; again changes nothing.

    Raises Refusal: missing, conflict (merged).
    """
    with transaction.atomic():
        card, row = _detail(actor, detail)
        if row.kind in VERIFIED and row.verified_at is None:
            row.verified_at = clock.now()
            row.save(update_fields=["verified_at"])
            note(actor, card, "verify_detail", {row.kind: (row.value, row.value)})
            _audit(actor, "patients.verify_detail", row)
    return row


def prefer_detail(actor: Actor, detail: UUID) -> Detail:
    """Make a detail the card's main one; what was the main one becomes a further detail.

    Raises Refusal: missing, conflict (merged; NumberTaken: the ЕНП is another card's main one).
    """
    with transaction.atomic():
        card, row = _detail(actor, detail)
        kind = DetailKind(row.kind)
        if kind is DetailKind.POLICY and row.form != "single":
            raise rules.not_a_main_policy()
        refuse_taken(card.id, "", row.value if kind is DetailKind.POLICY else "")
        before = getattr(card, MAIN[kind])
        values: dict[str, object] = {MAIN[kind]: row.value}
        was_confirmed = card.email_confirmed_at
        if kind is DetailKind.EMAIL:
            values["email_confirmed_at"] = row.verified_at
        row.delete()
        if before:
            Detail.objects.get_or_create(
                patient=card, kind=kind, value=before,
                defaults={
                    "form": details.form_of(kind, before),
                    "verified_at": was_confirmed if kind is DetailKind.EMAIL else None,
                },
            )  # fmt: skip
        alter(actor, card, "prefer_detail", values)
        _audit(actor, "patients.prefer_detail", row)
    return row


def note_death(actor: Actor, patient: UUID, died_on: date | None) -> Patient:
    """Write the day of death down, or take back what was written by mistake (None).

    Raises Refusal: missing, invalid (a day before the birth or still to come), conflict (merged).
    """
    registrar_only(actor)
    with transaction.atomic():
        card = changeable(patient)
        if died_on and not card.birth_on <= died_on <= clock.today():
            raise rules.wrong_death()
        if alter(actor, card, "note_death", {"died_on": died_on}):
            audit.record(
                actor, "patients.note_death", ("patient", card.id), patient=card.id,
                detail={"is_dead": died_on is not None},
            )  # fmt: skip
    return card


def _detail(actor: Actor, detail: UUID) -> tuple[Patient, Detail]:
    registrar_only(actor)
    row = Detail.objects.filter(id=detail).first()
    if row is None:
        raise missing("Карта")
    card = changeable(row.patient_id)
    row.refresh_from_db()
    return card, row


def _audit(actor: Actor, action: str, row: Detail) -> None:
    audit.record(
        actor, action, ("patient", row.patient_id), patient=row.patient_id,
        detail={"kind": row.kind},
    )  # fmt: skip
