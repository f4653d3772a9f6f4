"""A clinic with many open chats, brought in by COPY as the web's own role; real tickets to them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from priyom.accounts.models import Account, Session, Ticket
from priyom.accounts.ticket import hash_of
from priyom.clinics.models import Doctor, Organisation, Post, Role
from priyom.consultations.models import Consent, Consultation, Entry, Member
from priyom.demo.copying import put
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.patients.models import Owner, Patient
from priyom.schedule.models import Slot
from priyom.testing import builders

Row = dict[str, Any]
NO_PASSWORD = {"password": "!"}


@dataclass(frozen=True)
class Side:
    """Somebody in a chat: the account and its session."""

    account: UUID
    handle: UUID


@dataclass(frozen=True)
class Pair:
    """One chat and its two people."""

    consultation: UUID
    patient: Side
    doctor: Side


def make(count: int) -> list[Pair]:
    """Bring in that many chats, each with a patient and a doctor of its own."""
    place = builders.organisation()
    kind = builders.speciality()
    now = clock.now().replace(microsecond=0)
    rows: dict[type[Any], list[Row]] = {}
    pairs = [_pair(rows, place, kind.pk, number, now) for number in range(count)]
    order = (Account, Session, Doctor, Post, Patient, Owner, Slot, Consent, Consultation, Member)
    for model in order:
        put(model, rows[model])
    # What is still empty stays unmeasured, as on a young installation: the planner would take
    # "no rows" for a promise.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(model._meta.db_table for model in order))
    return pairs


def _pair(
    rows: dict[type[Any], list[Row]], place: Organisation, kind: UUID, number: int, now: Any
) -> Pair:
    def add(model: type[Any], **row: Any) -> UUID:
        key: UUID = row.setdefault("id", uuid7())
        rows.setdefault(model, []).append(row)
        return key

    def side(given: str) -> Side:
        made = Side(uuid7(), uuid7())
        add(Account, id=made.account, login=None, esia_oid=made.account.hex, family="Иванова",
            given=given, is_trusted=True, made_at=now, **NO_PASSWORD)  # fmt: skip
        rows.setdefault(Session, []).append({
            "session_key": made.handle.hex, "session_data": "", "handle": made.handle,
            "expire_date": now + timedelta(hours=12), "account": made.account, "began_at": now,
        })  # fmt: skip
        return made

    anna, boris = side("Анна"), side("Борис")
    doctor = add(Doctor, organisation_id=place.pk, speciality_id=kind, account_id=boris.account,
                 family="Борисов", given="Борис", email="boris@clinic.example")  # fmt: skip
    add(Post, account_id=boris.account, organisation_id=place.pk, role=Role.DOCTOR,
        doctor_id=doctor)  # fmt: skip
    card = add(Patient, family="Иванова", given="Анна", birth_on="1984-03-12", sex="f",
               snils=None, enp=None, made_at=now)  # fmt: skip
    rows.setdefault(Owner, []).append(
        {"account_id": anna.account, "patient_id": card, "linked_at": now}
    )
    times = {"starts_at": now, "ends_at": now + timedelta(minutes=20)}
    slot = add(Slot, organisation_id=place.pk, doctor_id=doctor, speciality_id=kind,
               state="booked", **times)  # fmt: skip
    add(Consent, patient_id=card, organisation_id=place.pk, text_version="1", method="esia",
        given_by=anna.account, given_by_name="Анна", given_at=now)  # fmt: skip
    talk = add(Consultation, number=f"В-{number}", organisation_id=place.pk, patient_id=card,
               doctor_id=doctor, slot_id=slot, booked_at=now, state="in_progress",
               began_at=now, **times)  # fmt: skip
    for who, role, name in ((anna, "patient", "Анна"), (boris, "doctor", "Борис")):
        add(Member, consultation_id=talk, account_id=who.account, side=role, name=name, since=now)
    return Pair(talk, anna, boris)


def tickets(sides: list[tuple[Side, str]]) -> list[str]:
    """Return a fresh ticket for each; they last long enough for thousands to come in turn."""
    secret = [secrets.token_hex(16) for _ in sides]
    ends = clock.now() + timedelta(minutes=5)
    put(
        Ticket,
        (
            {"hash": hash_of(one), "account_id": side.account, "session": side.handle,
             "kind": kind, "expires_at": ends}
            for one, (side, kind) in zip(secret, sides, strict=True)
        ),
    )  # fmt: skip
    return secret


def long_talk(pair: Pair, count: int) -> None:
    """Write a talk of that many messages, all of them read, into a chat that has none."""
    place = Consultation.objects.values_list("organisation_id", flat=True).get(pk=pair.consultation)
    put(Entry, _entries(pair, place, count))
    Consultation.objects.filter(pk=pair.consultation).update(last_seq=count)
    Member.objects.filter(consultation=pair.consultation).update(
        delivered_seq=count, read_seq=count
    )


def _entries(pair: Pair, place: UUID, count: int) -> Iterator[Row]:
    begun = clock.now() - timedelta(minutes=count)
    for seq in range(1, count + 1):
        mine = seq % 3 == 0
        yield {
            "consultation_id": pair.consultation, "seq": seq, "organisation_id": place,
            "kind": "message", "author": (pair.doctor if mine else pair.patient).account,
            "side": "doctor" if mine else "patient", "author_name": "Борис" if mine else "Анна",
            "client_key": str(uuid7()), "frame": 1, "data": {},
            "body": f"Сообщение № {seq}. Температура к вечеру 37,8, горло болит меньше.",
            "at": begun + timedelta(minutes=seq),
        }  # fmt: skip
