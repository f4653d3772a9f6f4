"""The one way to change a card: what was, what is, who did it and when, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.patients import rules
from priyom.patients.models import Change, Patient


def locked(patient: UUID) -> Patient:
    """Return the card, locked to the end of the transaction. Raises Refusal (missing)."""
    card = Patient.objects.select_for_update(of=("self",)).filter(id=patient).first()
    if card is None:
        raise missing("Карта")
    return card


def changeable(patient: UUID) -> Patient:
    """Return the card, locked, for a change. Raises Refusal: missing, conflict (merged)."""
    card = locked(patient)
    if card.merged_into_id:
        raise rules.card_merged()
    return card


def alter(actor: Actor, card: Patient, act: str, values: Mapping[str, object]) -> list[str]:
    """Give the locked card new values and write each change down; return which fields changed."""
    before = {name: getattr(card, name) for name in values}
    changed = [name for name, value in values.items() if before[name] != value]
    for name in changed:
        setattr(card, name, values[name])
    if changed:
        card.save(update_fields=changed)
    note(actor, card, act, {name: (before[name], values[name]) for name in changed})
    return changed


def note(
    actor: Actor, card: Patient, act: str, changes: Mapping[str, tuple[object, object]]
) -> None:
    """Write down changes that were made: field → (before, after)."""
    now = clock.now()
    Change.objects.bulk_create(
        Change(
            patient=card, at=now, account=actor.account, actor_kind=actor.kind,
            name=actor.name[:150], act=act, field=field, before=_text(before), after=_text(after),
        )
        for field, (before, after) in changes.items()
    )  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None or value == "" else str(value)
