"""Two cards of one person become one, field by field as chosen; and two again, field by field."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_date, parse_datetime

from priyom.audit import actions as audit
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.patients import details, queries, rules
from priyom.patients.actions.cards import registrar_only
from priyom.patients.actions.history import alter
from priyom.patients.details import MAIN
from priyom.patients.models import Detail, Double, Merge, Patient, Representative

CHOSEN = (
    "family", "given", "patronymic", "birth_on", "sex", "snils", "enp", "document", "phone",
    "email", "address", "attached_to_id",
)  # fmt: skip
"""Fields that the registrar chooses from either card."""
_NUMBERS = ("snils", "enp")
_MAIL = {"email", "email_confirmed_at"}
"""An address and its confirmation: neither is restored to the other one's."""
_DATES = ("birth_on", "died_on")


Seen = tuple[UUID | None, UUID | None]
"""The newest change of the card that stays and of the other one, as they were compared."""


def merge(
    actor: Actor, survivor: UUID, merged: UUID, taken: Collection[str], seen: Seen | None = None
) -> Merge:
    """Keep `survivor` with the fields named in `taken` from `merged`, which then leads to it.

    Nothing is lost: what the survivor's own fields held becomes a detail where it can, and stands
    in the history; `merged` keeps its requests, consultations and consents, which the person and
    the staff reach through the survivor. Raises Refusal: missing, conflict (merged already, two
    accounts of ЕСИА, one stands for the other, the same card, a card changed after `seen`).
    """
    registrar_only(actor)
    with transaction.atomic():
        kept, gone = _both(survivor, merged)
        fault = _fault(kept, gone)
        if fault:
            raise rules.not_to_merge(fault)
        if seen and seen != (queries.newest_change(kept.id), queries.newest_change(gone.id)):
            raise rules.pair_changed()
        before = {"survivor": _snapshot(kept), "merged": _snapshot(gone)}
        values = _survivors(kept, gone, set(taken) & set(CHOSEN))
        moved = [*Patient.objects.filter(merged_into=gone).values_list("id", flat=True)]
        # A number is one card's: it leaves the merged card before the survivor gets it.
        freed: dict[str, object] = {
            name: None for name in _NUMBERS if values.get(name) and getattr(gone, name)
        }
        alter(actor, gone, "merge", {**freed, "merged_into_id": kept.id})
        added = _keep_own(kept, values)
        alter(actor, kept, "merge", values)
        for card in Patient.objects.select_for_update().filter(id__in=moved).order_by("id"):
            alter(actor, card, "merge", {"merged_into_id": kept.id})
        done = Merge.objects.create(
            survivor=kept, merged=gone, before=before,
            after={"survivor": _snapshot(kept), "merged": _snapshot(gone)},
            moved=[str(key) for key in moved], added=added,
            made_at=clock.now(), made_by=actor.account,
        )  # fmt: skip
        _decide(actor, kept.id, gone.id, "same")
        _audit(actor, "patients.merge", done)
    return done


def undo_merge(actor: Actor, merge: UUID) -> tuple[Merge, list[str]]:
    """Make two cards of one again; return the fields that are not as before.

    What others changed since stays, an address together with its confirmation; a number that a
    third card has by now stays there. Raises Refusal: missing, conflict (undone already; the
    survivor was merged itself since).
    """
    registrar_only(actor)
    try:
        return _undo(actor, merge)
    except IntegrityError:
        # Another registrar was quicker by milliseconds with a number: now it is seen.
        return _undo(actor, merge)


def _undo(actor: Actor, merge: UUID) -> tuple[Merge, list[str]]:
    with transaction.atomic():
        done = Merge.objects.select_for_update().filter(id=merge).first()
        if done is None:
            raise missing("Карта")
        kept, gone = _both(done.survivor_id, done.merged_id)
        if done.undone_at or kept.merged_into_id:
            raise rules.not_to_undo()
        held, other = _restored(kept, done, "survivor"), _restored(gone, done, "merged")
        # Whatever the survivor keeps: the number that the other one had is its again.
        freed = [
            name
            for name in _NUMBERS
            if name in held[0] or getattr(kept, name) == other[0].get(name)
        ]
        alter(actor, kept, "undo_merge", dict.fromkeys(freed))
        alter(actor, gone, "undo_merge", other[0])
        alter(actor, kept, "undo_merge", held[0])
        for card in Patient.objects.select_for_update().filter(id__in=done.moved).order_by("id"):
            alter(actor, card, "undo_merge", {"merged_into_id": gone.id})
        spare = Detail.objects.filter(id__in=done.added, note="", verified_at=None, until=None)
        spare.exclude(kind__in=[kind for kind, name in MAIN.items() if name in held[1]]).delete()
        done.undone_at, done.undone_by = clock.now(), actor.account
        done.save(update_fields=["undone_at", "undone_by"])
        _decide(actor, kept.id, gone.id, "different")
        _audit(actor, "patients.undo_merge", done)
    return done, list(dict.fromkeys([*held[1], *other[1]]))


def part(actor: Actor, one: UUID, other: UUID) -> None:
    """Say that two cards are two people: the pair is never proposed again."""
    registrar_only(actor)
    with transaction.atomic():
        if not _decide(actor, one, other, "different"):
            raise missing("Пара карт")
        for card, twin in ((one, other), (other, one)):
            audit.record(
                actor, "patients.part", ("patient", card), patient=card, detail={"other": str(twin)}
            )


def _both(survivor: UUID, merged: UUID) -> tuple[Patient, Patient]:
    """Lock both in one order, or two registrars would wait for each other."""
    cards = {
        card.id: card
        for card in Patient.objects.select_for_update(of=("self",))
        .filter(id__in=[survivor, merged])
        .order_by("id")
    }
    if len({survivor, merged} - cards.keys()):
        raise missing("Карта")
    return cards[survivor], cards[merged]


def _fault(kept: Patient, gone: Patient) -> str:
    if kept.id == gone.id:
        return "Это одна и та же карта."
    if kept.merged_into_id or gone.merged_into_id:
        return "Одна из карт уже объединена. Откройте ту, к которой она присоединена."
    if queries.owners_of(kept.id, gone.id).count() > 1:
        return (
            "За картами две разные учётные записи Госуслуг, значит это два человека. "
            "Отметьте «Разные люди»."
        )
    cards = [*queries.cards_of(kept.id), *queries.cards_of(gone.id)]
    bonds = Representative.objects.filter(ended_at=None)
    if bonds.filter(patient__in=cards, person__in=cards).exists():
        return "Один из них представитель другого, значит это два человека."
    return ""


def _survivors(kept: Patient, gone: Patient, taken: set[str]) -> dict[str, object]:
    """Return the survivor's new values: what was chosen, and what it has no value for."""
    values: dict[str, object] = {
        name: getattr(gone, name)
        for name in CHOSEN
        if getattr(gone, name) and (name in taken or not getattr(kept, name))
    }
    if "email" in values:
        values["email_confirmed_at"] = gone.email_confirmed_at
    if kept.is_temporary and not gone.is_temporary:
        values["is_temporary"] = False
    if gone.died_on and not kept.died_on:
        values["died_on"] = gone.died_on
    return values


def _keep_own(kept: Patient, values: dict[str, object]) -> list[str]:
    """Keep as details what the survivor's own fields held and hold no longer."""
    added = []
    for kind, name in MAIN.items():
        own = getattr(kept, name)
        if own and values.get(name, own) != own:
            row, is_new = Detail.objects.get_or_create(
                patient=kept, kind=kind, value=own, defaults={"form": details.form_of(kind, own)}
            )
            added += [str(row.id)] if is_new else []
    return added


def _snapshot(card: Patient) -> dict[str, object]:
    names = (*CHOSEN, "email_confirmed_at", "is_temporary", "died_on", "merged_into_id")
    return {name: _kept(getattr(card, name)) for name in names}


def _kept(value: object) -> object:
    return value if value is None or isinstance(value, str | bool) else str(value)


def _restored(card: Patient, done: Merge, side: str) -> tuple[dict[str, object], list[str]]:
    """Return what the fields held before, and which of them cannot get it again."""
    before, after, now = done.before[side], done.after[side], _snapshot(card)
    changed = [name for name in before if before[name] != after[name]]
    since = {name for name in before if now[name] != after[name]}
    if since & _MAIL:
        since |= _MAIL
    since |= {name for name in _NUMBERS if _is_taken(done, name, before[name])}
    stays = [name for name in changed if name in since]
    return {name: _value(name, before[name]) for name in changed if name not in since}, stays


def _is_taken(done: Merge, name: str, number: str | None) -> bool:
    others = Patient.objects.exclude(id__in=[done.survivor_id, done.merged_id])
    return bool(number) and others.filter(**{name: number}).exists()


def _value(name: str, kept: str | bool | None) -> object:
    if isinstance(kept, str) and name in _DATES:
        return parse_date(kept)
    if isinstance(kept, str) and name == "email_confirmed_at":
        return parse_datetime(kept)
    return UUID(kept) if isinstance(kept, str) and name.endswith("_id") else kept


def _decide(actor: Actor, one: UUID, other: UUID, verdict: str) -> bool:
    pair = Double.objects.filter(one=min(one, other), other=max(one, other))
    return bool(pair.update(verdict=verdict, decided_at=clock.now(), decided_by=actor.account))


def _audit(actor: Actor, action: str, done: Merge) -> None:
    for patient in (done.survivor_id, done.merged_id):
        audit.record(
            actor, action, ("merge", done.id), patient=patient,
            detail={"survivor": str(done.survivor_id), "merged": str(done.merged_id)},
        )  # fmt: skip
