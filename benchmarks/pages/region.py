"""A region after years of work: a million consultations with their requests, brought in by SQL.

Doctors have half a thousand consultations each: most long over, ten today, some to come. Of the
requests one in forty waits in a journal. Everything passes the constraints and gates of the tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation, Post, Role
from priyom.consultations.models import Consultation, Entry, Member
from priyom.demo.copying import put
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.patients.models import Patient
from priyom.testing import builders

DOCTORS_OF_ONE, CARDS_OF_ONE = 50, 4_000
TODAY, TO_COME = 10, 10
"""Consultations of one doctor."""
ONE_WAITS = 40
TALK = 200
"""Messages in the first talk of each doctor today."""

SLOTS = """
INSERT INTO schedule_slot (id, organisation_id, doctor_id, speciality_id, starts_at, ends_at, state,
    kind, closed_by)
SELECT gen_random_uuid(), d.organisation_id, d.id, d.speciality_id, t.at,
    t.at + interval '20 minutes', 'booked', 'portal', ''
FROM clinics_doctor d
CROSS JOIN generate_series(0, %(each)s - 1) AS n
CROSS JOIN LATERAL (SELECT CASE
    WHEN n < %(today)s THEN %(day)s::timestamptz + n * interval '20 minutes'
    WHEN n < %(today)s + %(come)s THEN %(day)s::timestamptz + (n - %(today)s + 1) * interval '1 day'
    ELSE %(day)s::timestamptz - ((n - %(today)s - %(come)s) / 2 + 1) * interval '1 day'
        + (n %% 2) * interval '20 minutes' END AS at) t
"""
CONSULTATIONS = """
INSERT INTO consultations_consultation (id, number, organisation_id, patient_id, doctor_id, slot_id,
    starts_at, ends_at, complaint, state, last_seq, booked_at, began_at, ended_at, reason, ended_by,
    move_wish)
SELECT gen_random_uuid(), 'П-' || s.n, s.organisation_id, p.id, s.doctor_id, s.id, s.starts_at,
    s.ends_at, 'Кашель третий день', s.how, 0, s.starts_at - interval '2 days',
    CASE WHEN s.how IN ('in_progress', 'completed') THEN s.starts_at END,
    CASE WHEN s.how IN ('completed', 'no_show') THEN s.ends_at END, '', '', ''
FROM (
    SELECT o.*, row_number() OVER (ORDER BY o.organisation_id, o.id) AS n,
        1 + (hashtext(o.id::text) & 2147483647) %% %(cards)s AS card, CASE
            WHEN o.starts_at >= %(day)s::timestamptz + interval '1 day' THEN 'scheduled'
            WHEN o.starts_at >= %(day)s::timestamptz THEN 'in_progress'
            WHEN hashtext(o.id::text) %% 20 = 0 THEN 'no_show' ELSE 'completed' END AS how
    FROM schedule_slot o
) s
JOIN (SELECT id, attached_to_id, row_number() OVER (PARTITION BY attached_to_id) AS n
    FROM patients_patient) p ON p.attached_to_id = s.organisation_id AND p.n = s.card
"""
REQUESTS = """
INSERT INTO intake_request (id, number, organisation_id, source, for_whom, asked_by_name,
    patient_id, family, given, patronymic, birth_on, phone, email, complaint, speciality_id, state,
    taken_by_name, consultation_id, reason, answer_due_at, asked_at, client_key, answered_at)
SELECT gen_random_uuid(), 'З-' || c.number, c.organisation_id, 'portal', 'self', '',
    p.id, p.family, p.given, p.patronymic, p.birth_on, '', '', c.complaint, d.speciality_id,
    CASE WHEN w.waits THEN 'new' ELSE 'scheduled' END,
    '', CASE WHEN w.waits THEN NULL ELSE c.id END, '', c.booked_at + interval '1 day',
    CASE WHEN w.waits THEN now() - w.long ELSE c.booked_at END,
    gen_random_uuid(),
    CASE WHEN NOT w.waits THEN c.booked_at + (hashtext(c.number) & 15) * interval '1 hour' END
FROM consultations_consultation c
JOIN patients_patient p ON p.id = c.patient_id
JOIN clinics_doctor d ON d.id = c.doctor_id
CROSS JOIN LATERAL (SELECT hashtext(c.id::text) %% %(waits)s = 0 AS waits,
    (hashtext(c.number) & 1023) * interval '3 minutes' AS long) w
"""
CARDS = """
INSERT INTO consultations_consent (id, patient_id, organisation_id, text_version, method, given_by,
    given_by_name, given_at, state)
SELECT gen_random_uuid(), p.id, p.attached_to_id, '1', 'esia', gen_random_uuid(), 'Анна', now(),
    'given'
FROM patients_patient p
"""
MEMBERS = """
INSERT INTO consultations_member (id, consultation_id, account_id, side, name, since, delivered_seq,
    read_seq)
SELECT gen_random_uuid(), c.id, d.account_id, 'doctor', 'Борис', c.booked_at, 0, 0
FROM consultations_consultation c
JOIN clinics_doctor d ON d.id = c.doctor_id
WHERE c.state = 'in_progress'
"""


@dataclass(frozen=True)
class Region:
    """Who works there, and how many consultations it has."""

    places: tuple[UUID, ...]
    rows: int


def fill(rows: int) -> Region:
    """Make organisations, doctors, cards, times, consultations, requests and today's talks."""
    each = 500
    count = max(1, rows // (each * DOCTORS_OF_ONE))
    places = [builders.organisation(f"Поликлиника № {n + 1}") for n in range(count)]
    kinds = [builders.speciality() for _ in range(8)]
    for place in places:
        _staff(place, kinds)
    put(Patient, _cards(places))
    day = clock.now().astimezone(clock.MOSCOW).replace(hour=9, minute=0, second=0, microsecond=0)
    told = {"each": each, "today": TODAY, "come": TO_COME, "day": day, "cards": CARDS_OF_ONE,
            "waits": ONE_WAITS}  # fmt: skip
    # As the owner: the web's statements end after some seconds.
    with psycopg.connect(os.environ["PRIYOM_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("SET statement_timeout = 0")
        for statement in (CARDS, SLOTS, CONSULTATIONS, REQUESTS, MEMBERS):
            owner.execute(statement.encode(), told)
            owner.execute("ANALYZE")
    first = Consultation.objects.filter(state="in_progress", starts_at=day)
    talks = list(first.select_related("doctor"))
    for start in range(0, len(talks), 100):  # in pieces: the web's statements end after seconds
        put(Entry, _talks(talks[start : start + 100]))
    first.update(last_seq=TALK)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE consultations_entry")
    return Region(tuple(one.pk for one in places), count * DOCTORS_OF_ONE * each)


def _staff(place: Organisation, kinds: list[Any]) -> None:
    for role in (Role.REGISTRAR, Role.HEAD):
        account = builders.account(("Ковалёва", "Вера", "Олеговна"))
        Post.objects.create(account=account, organisation=place, role=role)
    accounts = [builders.account(("Борисов", "Борис", "")) for _ in range(DOCTORS_OF_ONE)]
    doctors = [
        Doctor(organisation=place, speciality=kinds[n % len(kinds)], account=account,
               family="Борисов", given="Борис", email="b@clinic.example")
        for n, account in enumerate(accounts)
    ]  # fmt: skip
    Doctor.objects.bulk_create(doctors)
    Post.objects.bulk_create(
        Post(account=one.account, organisation=place, role=Role.DOCTOR, doctor=one)
        for one in doctors
    )


def _cards(places: list[Organisation]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for place in places:
        for number in range(CARDS_OF_ONE):
            yield {
                "id": uuid7(), "family": f"Иванов{chr(1072 + number % 30)}", "given": "Анна",
                "birth_on": f"{1930 + number % 70}-03-12", "sex": "f", "snils": None, "enp": None,
                "attached_to_id": place.pk, "made_at": now,
            }  # fmt: skip


def _talks(some: Iterable[Consultation]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for row in some:
        for seq in range(1, TALK + 1):
            mine = seq % 3 == 0
            yield {
                "consultation_id": row.pk, "seq": seq, "organisation_id": row.organisation_id,
                "kind": "message", "author": row.doctor.account_id if mine else row.patient_id,
                "side": "doctor" if mine else "patient", "author_name": "Борис",
                "client_key": f"{seq}", "frame": 1, "data": {}, "at": now,
                "body": f"Сообщение № {seq}. Температура к вечеру 37,8.",
            }  # fmt: skip


def visitor(place: UUID) -> tuple[Account, Consultation]:
    """Return a new portal account that owns the card of one of today's patients there."""
    open_ = Consultation.objects.filter(organisation_id=place, state="in_progress")
    talk = open_.filter(last_seq=TALK).order_by("pk")[0]
    card = talk.patient
    card.snils = builders.snils()
    card.save(update_fields=["snils"])
    account = builders.owner(card)
    Member.objects.create(
        consultation=talk, account=account, side="patient", name="Анна", since=clock.now()
    )
    return account, talk
