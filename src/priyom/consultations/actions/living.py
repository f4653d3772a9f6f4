"""The one way in which a consultation changes: lock, ask the rules, do, log, audit, tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from priyom.audit.actions import record
from priyom.consultations.access import may
from priyom.consultations.models import Consultation, Entry, Seal
from priyom.consultations.rules import (
    CONSULTATION,
    LIVE,
    ConsultationAct,
    ConsultationState,
    EntryKind,
)
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import missing

_SIDES = {
    ActorKind.PATIENT: "patient",
    ActorKind.DOCTOR: "doctor",
    ActorKind.REGISTRAR: "registrar",
    ActorKind.HEAD: "registrar",
}


@dataclass
class Turn:
    """One change under way: the locked consultation and what the log will say of it."""

    actor: Actor
    consultation: Consultation
    at: datetime
    entries: list[tuple[EntryKind, str, dict[str, Any]]] = field(default_factory=list)

    def say(self, kind: EntryKind, body: str = "", **data: Any) -> None:
        """Add an entry; `data` holds ids, numbers and ISO instants, never medical words."""
        self.entries.append((kind, body, data))


def lock(consultation_id: UUID) -> Consultation:
    """Return the row locked until the transaction ends, or refuse as missing.

    Locked first and read then: who waited for a hand-over would join the former doctor to the
    new row, and PostgreSQL would answer with none.
    """
    rows = Consultation.objects.filter(pk=consultation_id)
    # Without the key: a row that points here (a transfer, a step) waits for nobody.
    if not rows.select_for_update(no_key=True).values_list("pk").first():
        raise missing("Консультация")
    return rows.select_related("patient", "doctor", "organisation", "slot").get()


@contextmanager
def living(actor: Actor, consultation_id: UUID, act: ConsultationAct) -> Iterator[Turn]:
    """Carry one act through its transaction; the body adds 5-15 lines of its own.

    Raises Refusal: missing for strangers, conflict when the state does not allow `act`.
    """
    with transaction.atomic():
        consultation = lock(consultation_id)
        may(actor, act, consultation)
        before = ConsultationState(consultation.state)
        after = CONSULTATION.after(before, act)
        turn = Turn(actor, consultation, clock.now())
        yield turn
        consultation.state = after
        if after not in LIVE and consultation.ended_at is None:
            consultation.ended_at = turn.at
            consultation.ended_by = actor.kind
        write(turn)
        consultation.save()
        record(
            actor,
            f"consultation.{act}",
            ("consultation", consultation.pk),
            patient=consultation.patient_id,
            detail={"from": before, "to": after},
        )


def note(actor: Actor, consultation_id: UUID, kind: EntryKind, body: str = "", **data: Any) -> int:
    """Append a life-cycle entry without a change of state, in the caller's transaction.

    For the rooms above (calls, conclusions), which have checked access. Returns its number.
    """
    with transaction.atomic():
        turn = Turn(actor, lock(consultation_id), clock.now())
        turn.say(kind, body, **data)
        write(turn)
        turn.consultation.save(update_fields=["last_seq"])
        return turn.consultation.last_seq


def write(turn: Turn) -> None:
    """Append the turn's entries with the next numbers and wake the gateways at commit.

    What is written when the talk is over asks for a seal in the same transaction.
    """
    consultation = turn.consultation
    first = consultation.last_seq + 1
    for place, (kind, body, data) in enumerate(turn.entries):
        Entry.objects.create(
            consultation=consultation,
            seq=first + place,
            organisation_id=consultation.organisation_id,
            kind=kind,
            author=turn.actor.account,
            side=_SIDES.get(turn.actor.kind, "system"),
            author_name=turn.actor.name,
            client_key=str(uuid7()),
            body=body,
            data=data,
            at=turn.at,
        )
    if turn.entries:
        consultation.last_seq = first + len(turn.entries) - 1
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_notify('priyom_log', %s)",
                [f"web|{consultation.pk}:{first}:{consultation.last_seq}"],
            )
        if consultation.state not in LIVE:
            _ask_seal(turn)


def _ask_seal(turn: Turn) -> None:
    """Ask for a seal over the log as it stands now, unless one is waiting already."""
    row = turn.consultation
    seals = Seal.objects.filter(consultation=row)
    if not seals.filter(sealed_at=None).exists():
        Seal.objects.create(
            consultation=row,
            organisation_id=row.organisation_id,
            part=seals.count() + 1,
            asked_at=turn.at,
        )
