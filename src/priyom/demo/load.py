"""Loads the demo region in one transaction: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from priyom.accounts.models import Account
from priyom.demo import accounts, slots, special
from priyom.demo.clinics import Clinics
from priyom.demo.copying import put
from priyom.demo.dice import Dice, dice
from priyom.demo.people import Bond, Human, Maker, Region
from priyom.demo.progress import Progress
from priyom.demo.special import Resident
from priyom.kernel import clock
from priyom.kernel.names import compare_key
from priyom.patients.models import Family, Owner, Patient, Representative
from priyom.schedule.models import Slot


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
        self._portal_accounts(people)
        self.progress.step("schedules")
        put(Slot, slots.rows(self.clinics.posts, self.now, set()))
        return people

    def _people(self) -> tuple[dict[str, Resident], Region]:
        keys = list(self.clinics.organisations.values())
        maker = Maker(self._dice("people"), self.today, keys, self.size.people)
        people = special.residents(maker, keys[0])
        return people, maker.everybody(self.size.people)

    def _portal_accounts(self, people: dict[str, Resident]) -> None:
        known = [one for one in people.values() if one.oid and one.level != "simple"]
        rows = [portal_account(one.human, one.oid, self.now) for one in known]
        put(Account, rows)
        put(Owner, [owner(one.human, self.now) for one in known])

    def _dice(self, part: str) -> Dice:
        return dice(self.today, part)


def portal_account(human: Human, oid: str, at: datetime) -> dict[str, Any]:
    """Return the account of somebody who signed in by ЕСИА before."""
    return {
        "id": account_key(human.key),
        "password": "!",
        "esia_oid": oid,
        "login": None,
        "family": human.name.family,
        "given": human.name.given,
        "patronymic": human.name.patronymic,
        "birth_on": human.born,
        "snils": human.snils or "",
        "email": human.email,
        "is_trusted": True,
        "made_at": at,
    }


def account_key(patient: UUID) -> UUID:
    """Return the key of a person's portal account: from the card's, but never equal to it."""
    return Dice(f"portal {patient}").key(_made_at(patient))


def _made_at(key: UUID) -> datetime:
    return datetime.fromtimestamp((key.int >> 80) / 1000, clock.MOSCOW)


def owner(human: Human, at: datetime) -> dict[str, Any]:
    """Return the link of an account to its own card."""
    return {"account_id": account_key(human.key), "patient_id": human.key, "linked_at": at}


def load_people(region: Region) -> None:
    """Copy cards, the dictionary of families, representatives."""
    put(Patient, map(_card, region.humans))
    counts: dict[str, int] = {}
    for human in region.humans:
        key = compare_key(human.name.family)
        counts[key] = counts.get(key, 0) + 1
    put(Family, [{"family_key": key, "people": count} for key, count in sorted(counts.items())])
    put(Representative, map(_bond, region.bonds))


def _card(human: Human) -> dict[str, Any]:
    made_at = _made_at(human.key)
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
        "email_confirmed_at": made_at if human.email and human.key.int % 3 else None,
        "attached_to_id": human.clinic,
        "is_temporary": human.is_temporary,
        "made_at": made_at,
    }


def _bond(bond: Bond) -> dict[str, Any]:
    return {
        "id": Dice(f"bond {bond.child} {bond.person}").key(_made_at(bond.child)),
        "patient_id": bond.child,
        "person_id": bond.person,
        "relation": bond.relation,
        "proof": bond.proof,
        "valid_until": bond.valid_until,
    }
