"""Cards of a whole city from a file, by COPY: each batch with its place in the file, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from psycopg import sql

from priyom.audit import actions as audit
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients import queries, rules
from priyom.patients.actions.history import alter
from priyom.patients.lines import Batch, Fault, Line
from priyom.patients.models import Change, Import, Patient

COLUMNS = (
    "family", "given", "patronymic", "birth_on", "sex", "snils", "enp", "document", "phone",
    "email", "address", "attached_to_id",
)  # fmt: skip
_DICTIONARIES = tuple(
    {"table": sql.Identifier(table), "word": sql.Identifier(word)}
    for table, word in (("patients_family", "family_key"), ("patients_given", "given_key"))
)
_RECOUNT = sql.SQL(
    "UPDATE {table} w SET people = c.people "
    "FROM (SELECT {word}, count(*) AS people FROM patients_patient GROUP BY 1) c "
    "WHERE w.{word} = c.{word} AND w.people <> c.people"
)
_KNOWN = sql.SQL(
    "INSERT INTO {table} ({word}, people) "
    "SELECT DISTINCT {word}, 1 FROM patients_patient WHERE id = ANY(%s) ON CONFLICT DO NOTHING"
)


Keep = Callable[[Sequence[Fault]], None]
"""Gets every fault of a batch."""


@dataclass
class Sorted:
    """What a batch comes to: cards to make, how many are there already, what is wrong."""

    fresh: list[Line] = field(default_factory=list)
    known: int = 0
    differing: list[Line] = field(default_factory=list)
    """There under the same number with other data: left as it is, unless updating was asked for."""
    faults: list[Fault] = field(default_factory=list)


def begin_import(actor: Actor, source: str, digest: str) -> Import:
    """Return the state of this very file (`digest` of its bytes) from `source`, new or begun.

    Raises Refusal (missing) for anybody but the house itself.
    """
    _system_only(actor)
    load, _ = Import.objects.get_or_create(source=source, digest=digest)
    return load


def import_batch(
    actor: Actor, key: UUID, batch: Batch, keep: Keep, *, update: bool = False
) -> Import:
    """Make the cards of a batch and move the file's place behind it, together or not at all.

    `update` gives cards that are there what the file says, but for fields that people have changed
    and cells that are empty. `keep` gets every fault of the batch before that. A registrar who was
    quicker with a number is met by sorting once more. Raises Refusal: conflict when another process
    moved the place.
    """
    _system_only(actor)
    try:
        return _import_once(actor, key, batch, keep, update)
    except (psycopg.errors.UniqueViolation, IntegrityError):
        return _import_once(actor, key, batch, keep, update)


def _import_once(actor: Actor, key: UUID, batch: Batch, keep: Keep, update: bool) -> Import:
    with transaction.atomic():
        load = Import.objects.select_for_update().get(id=key)
        is_first = not load.lines and batch.begin.lines == 1  # behind the names of the columns
        if not is_first and load.offset != batch.begin.offset:
            raise rules.import_elsewhere()
        told = sort(batch.lines)
        _copy(load.source, told.fresh)
        updated, wrong = _update(actor, told.differing) if update else (0, [])
        load.lines, load.offset = batch.end.lines, batch.end.offset
        load.made += len(told.fresh)
        load.known += told.known
        load.updated += updated
        load.differing += len(told.differing) - updated - len(wrong)
        faults = sorted([*batch.faults, *told.faults, *wrong], key=lambda fault: fault.line)
        load.refused += len({fault.line for fault in faults})
        load.save()
        if told.fresh or updated:
            audit.record(
                actor, "patients.import", ("import", key),
                detail={"made": len(told.fresh), "updated": updated, "lines": load.lines},
            )  # fmt: skip
        keep(faults)
    return load


def due_updates(lines: Sequence[Line]) -> int:
    """Return how many of these lines would change their cards; reads only, for a dry run."""
    cards = {card.id: card for card in _standing(lines)}
    by_hand = _by_hand(lines)
    known = [(cards[line.key], line) for line in lines if line.key in cards]
    return sum(bool(_wanted(card, line, by_hand)) for card, line in known)


def _update(actor: Actor, lines: Sequence[Line]) -> tuple[int, list[Fault]]:
    """Give the cards what their lines say; return how many changed, and what could not be."""
    cards = {card.id: card for card in _standing(lines).select_for_update(of=("self",))}
    by_hand, changed, faults = _by_hand(lines), [], []
    for line in lines:
        card = cards.get(line.key)
        values = _wanted(card, line, by_hand) if card else {}
        if not card or not values:
            continue
        numbers = (str(values.get(name, "")) for name in ("snils", "enp"))
        taken = queries.with_number(*numbers, but=card.id)
        if taken:
            name, other = taken
            text = f"The card {other.id} has it by now: compare the two persons."
            faults.append(Fault(line.line, name, text))
        elif alter(actor, card, "import", values):
            changed.append(card.id)
    if changed:
        with connection.cursor() as cursor:
            for names in _DICTIONARIES:
                cursor.execute(_KNOWN.format(**names), [changed])
    return len(changed), faults


def _standing(lines: Sequence[Line]) -> QuerySet[Patient]:
    """Return the cards of the lines but for merged ones, which take no change."""
    keys = [line.key for line in lines]
    return Patient.objects.filter(id__in=keys, merged_into=None).order_by("id")


def _by_hand(lines: Sequence[Line]) -> set[tuple[UUID, str]]:
    """Return (card, field) of what people have changed: a file knows no better."""
    rows = Change.objects.filter(patient__in=[line.key for line in lines])
    people = rows.exclude(actor_kind=ActorKind.SYSTEM)
    return set(people.values_list("patient_id", "field"))


def _wanted(card: Patient, line: Line, by_hand: set[tuple[UUID, str]]) -> dict[str, object]:
    """Return the new values of a card; an empty cell takes nothing away."""
    values = {
        name: line.card[name]
        for name in COLUMNS
        if line.card[name]
        and line.card[name] != getattr(card, name)
        and (card.id, name) not in by_hand
    }
    return values | ({"email_confirmed_at": None} if "email" in values else {})


def end_import(actor: Actor, key: UUID) -> Import:
    """Count the names anew and mark the file as done; again changes nothing."""
    _system_only(actor)
    with transaction.atomic():
        load = Import.objects.select_for_update().get(id=key)
        if load.finished_at is None:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                for names in _DICTIONARIES:
                    cursor.execute(_RECOUNT.format(**names))
            load.finished_at = clock.now()
            load.save(update_fields=["finished_at"])
    return load


def _system_only(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        raise missing()


def sort(batch: Sequence[Line]) -> Sorted:
    """Tell new cards from those that are there, and refuse numbers that belong to others.

    Reads only; also what a dry run shows.
    """
    told = Sorted()
    there = {row["id"]: row for row in _rows("id", (line.key for line in batch))}
    taken = {
        (name, row[name]): row
        for name in ("snils", "enp")
        for row in _rows(name, (line.card[name] for line in batch if line.card[name]))
    }
    lines: dict[object, Line] = {}
    for line in batch:
        numbers = [(name, line.card[name]) for name in ("snils", "enp") if line.card[name]]
        twin = next((lines[one] for one in (line.key, *numbers) if one in lines), None)
        kept = there.get(line.key)
        other = next((taken[one] for one in numbers if one in taken), None)
        if kept:
            same = all(kept[name] == line.card[name] for name in COLUMNS)
            told.known += same
            told.differing += [] if same else [line]
        elif twin:
            told.faults.append(_twin(line, twin))
        elif other and _person(other) == line.person:
            told.known += 1
        elif other:
            told.faults.append(_taken(line, other))
        else:
            told.fresh.append(line)
        lines |= dict.fromkeys([line.key, *numbers], line)
    return told


def _person(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[name] for name in ("family", "given", "birth_on"))


def _twin(line: Line, twin: Line) -> Fault:
    if twin.key == line.key:
        text = f"Line {twin.line} has this number already: keep one of them."
        return Fault(line.line, "number", text)
    name = "snils" if twin.card["snils"] == line.card["snils"] else "enp"
    return Fault(line.line, name, f"Line {twin.line} has the same: compare with the documents.")


def _taken(line: Line, row: dict[str, Any]) -> Fault:
    name = "snils" if row["snils"] == line.card["snils"] else "enp"
    text = f"The card {row['id']} of another name or birth date has it: compare the two persons."
    return Fault(line.line, name, text)


def _rows(name: str, wanted: Iterable[object]) -> list[dict[str, Any]]:
    rows = Patient.objects.filter(**{f"{name}__in": list(wanted)})
    return list(rows.values("id", *COLUMNS))


def _copy(source: str, lines: Sequence[Line]) -> None:
    """COPY the cards; make their names known to the search. They are counted at the end."""
    columns = ("id", "outer_number", *COLUMNS, "is_temporary", "made_at")
    at = clock.now()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY patients_patient ({', '.join(columns)}) FROM STDIN") as copy:
            for line in lines:
                card = (line.card[name] for name in COLUMNS)
                copy.write_row((line.key, f"{source}:{line.number}", *card, False, at))
        for names in _DICTIONARIES:
            cursor.execute(_KNOWN.format(**names), [[line.key for line in lines]])
