"""Loads the demo region in one transaction: all of it or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction

from priyom.accounts.models import Account
from priyom.audit.models import Event
from priyom.calls.models import Call, Presence
from priyom.conclusions.models import Conclusion, Signature
from priyom.consultations.models import Attachment, Consent, Consultation, Entry, Member, Seal
from priyom.consultations.rules import LIVE, ConsultationState
from priyom.demo import accounts, slots, special
from priyom.demo.clinics import Clinics
from priyom.demo.copying import next_numbers, put
from priyom.demo.dice import Dice, dice
from priyom.demo.files import Shelf
from priyom.demo.journal import Journal
from priyom.demo.mails import Post
from priyom.demo.papers import Desk
from priyom.demo.people import Bond, Human, Maker, Region
from priyom.demo.plot import Plot
from priyom.demo.progress import Progress
from priyom.demo.special import Resident
from priyom.demo.stage import Row, Stage
from priyom.demo.story import Teller, Told
from priyom.intake.models import Interval, Request, Step
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM
from priyom.kernel.ids import made_at, uuid7
from priyom.kernel.names import compare_key
from priyom.notices.models import Notice
from priyom.patients.actions import find_doubles
from priyom.patients.models import Family, Given, Owner, Patient, Representative
from priyom.schedule.models import Slot
from priyom.schedule.rules import HOLD_FOR

ORDER: tuple[type[models.Model], ...] = (
    Account, Owner, Slot, Consent, Consultation, Member, Entry, Attachment, Call, Presence,
    Request, Interval, Step, Conclusion, Signature, Notice, Event,
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How big a region is: people in the index, requests in the journal."""

    people: int
    requests: int


SIZES = {"full": Size(50_000, 300), "small": Size(400, 60)}


def load(size: str = "full", progress: Progress | None = None) -> None:
    """Load the region into a database that has none."""
    progress = progress or Progress(10, is_shown=False)
    now = clock.now().replace(second=0, microsecond=0)
    with clock.frozen(now), transaction.atomic():
        _patient_connection()
        people = _Loader(SIZES[size], now, progress).run()
        find_doubles(SYSTEM)  # else the page waits for the first night
    settings.VAR.mkdir(parents=True, exist_ok=True)
    accounts.write(settings.VAR)
    special.write(settings.VAR, people, clock.today())
    progress.end("loaded")


def _patient_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '120s'")


class _Loader:
    """One load; the parts have dice of their own, so that they do not disturb each other."""

    def __init__(self, size: Size, now: datetime, progress: Progress) -> None:
        self.size = size
        self.now = now
        self.today: date = now.astimezone(clock.MOSCOW).date()
        self.progress = progress
        self.clinics = Clinics()

    def run(self) -> dict[str, Resident]:
        """Load everything; return the special people."""
        self.progress.step("organisations and staff")
        self.clinics.load()
        self.progress.step(f"{self.size.people} people in the index", 3)
        people, region = self._people()
        load_people(region)
        self.progress.step(f"{self.size.requests} requests and their talks", 2)
        stage = Stage(self._dice("stories"), self.now, self.clinics, region, people)
        told = self._stories(stage)
        self.progress.step("conclusions, set and signed", 2)
        desk, post = Desk(stage, self.clinics), Post(stage, self.clinics)
        for one in told:
            desk.write(one)
            post.write(one)
        post.keep_some_queued(stage.rows[Notice])
        self.progress.step("schedules and the rest", 2)
        self._copy(stage)
        return people

    def _people(self) -> tuple[dict[str, Resident], Region]:
        keys = list(self.clinics.organisations.values())
        maker = Maker(self._dice("people"), self.today, keys, self.size.people)
        people = special.residents(maker, keys[0])
        return people, maker.everybody(self.size.people)

    def _stories(self, stage: Stage) -> list[Told]:
        journal = Journal(stage)
        teller = Teller(stage, Shelf(self.today), journal)
        told = Plot(stage, teller, journal, self.size.requests).tell()
        number(stage.rows[Consultation], "consultations_number", "booked_at", "%y%m%d")
        number(stage.rows[Request], "intake_number", "asked_at", "%m%d")
        return told

    def _copy(self, stage: Stage) -> None:
        """Copy in the order of the keys; states last, because a closed chat takes no message."""
        taken = set(stage.taken)
        self._hold(stage, taken)
        stage.rows[Slot] += slots.rows(self.clinics.posts, self.now, taken)
        final = {row["id"]: row["state"] for row in stage.rows[Consultation]}
        for row in stage.rows[Consultation]:
            row["state"] = ConsultationState.SCHEDULED
        for model in ORDER:
            put(model, stage.rows[model])
        close(final)
        over = [row for row in stage.rows[Consultation] if final[row["id"]] not in LIVE]
        put(Seal, map(self._asked, over))

    def _asked(self, row: Row) -> Row:
        """Ask for the seal of a talk that is over, as its closing act did; the worker makes it."""
        part = {"consultation_id": row["id"], "organisation_id": row["organisation_id"]}
        return part | {"id": uuid7(), "part": 1, "asked_at": self.now}

    def _hold(self, stage: Stage, taken: set[tuple[UUID, datetime]]) -> None:
        """Let a registrar hold one time this minute."""
        post = self.clinics.posts[1]
        at = next(at for at in slots.times(post, self.now) if at > self.now + timedelta(hours=2))
        while (post.doctor, at) in taken:
            at += slots.LENGTH
        taken.add((post.doctor, at))
        row = slots.row(post, at, "held")
        row.update(held_by=self.clinics.accounts["smirnova"], held_until=self.now + HOLD_FOR)
        stage.rows[Slot].append(row)

    def _dice(self, part: str) -> Dice:
        return dice(self.today, part)


def number(rows: list[Row], sequence: str, by: str, form: str) -> None:
    """Give rows the numbers that people say aloud, in the order of time; the day is Moscow's."""
    ordered = sorted(rows, key=lambda row: (row[by], row["id"]))
    for row, taken in zip(ordered, next_numbers(sequence, len(rows)), strict=True):
        row["number"] = f"{row[by].astimezone(clock.MOSCOW):{form}}-{taken}"


def close(final: dict[UUID, str]) -> None:
    """Bring the consultations into their states, as acts did after what people had sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE consultations_consultation c SET state = u.state "
            "FROM unnest(%s::uuid[], %s::text[]) AS u(id, state) WHERE c.id = u.id",
            [list(final), list(final.values())],
        )


def load_people(region: Region) -> None:
    """Copy cards, the dictionaries of names, representatives."""
    put(Patient, map(_card, region.humans))
    families = Counter(compare_key(human.name.family) for human in region.humans)
    put(Family, [{"family_key": key, "people": count} for key, count in sorted(families.items())])
    givens = Counter(compare_key(human.name.given) for human in region.humans)
    put(Given, [{"given_key": key, "people": count} for key, count in sorted(givens.items())])
    put(Representative, map(_bond, region.bonds))


def _card(human: Human) -> dict[str, Any]:
    made = made_at(human.key)
    return {
        "id": human.key,
        "family": human.name.family,
        "given": human.name.given,
        "patronymic": human.name.patronymic,
        "birth_on": human.born,
        "sex": human.sex,
        "snils": human.snils,
        "enp": human.enp,
        "document": human.document,
        "address": human.address,
        "phone": human.phone,
        "email": human.email,
        "email_confirmed_at": made if human.email and human.key.int % 3 else None,
        "attached_to_id": human.clinic,
        "is_temporary": human.is_temporary,
        "made_at": made,
    }


def _bond(bond: Bond) -> dict[str, Any]:
    return {
        "id": Dice(f"bond {bond.child} {bond.person}").key(made_at(bond.child)),
        "patient_id": bond.child,
        "person_id": bond.person,
        "relation": bond.relation,
        "proof": bond.proof,
        "number": bond.number,
        "issued_on": bond.issued_on,
        "issued_by": bond.issued_by,
        "since": bond.issued_on,
        "valid_until": bond.valid_until,
    }
