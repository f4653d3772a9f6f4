"""What all stories share: the people and doctors at hand, times taken, rows collected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models

from priyom.accounts.models import Account
from priyom.audit.models import Event
from priyom.consultations.models import Consent
from priyom.consultations.rules import CONSENT_VERSION
from priyom.demo import slots
from priyom.demo.clinics import Clinics
from priyom.demo.dice import Dice
from priyom.demo.people import ADULT, Human, Region
from priyom.demo.portal import account_key, owner, portal_account
from priyom.demo.slots import Post
from priyom.demo.special import Resident
from priyom.demo.staff import Worker
from priyom.kernel.clock import MOSCOW
from priyom.kernel.words import short_name
from priyom.patients.models import Owner
from priyom.schedule.models import Slot

Row = dict[str, Any]
_WOMENS = "2"
_CHILDRENS = "37"


@dataclass(frozen=True, slots=True)
class Side:
    """The patient's side: whose card, and who writes; `relation` is "" for oneself."""

    patient: Human
    speaker: Human
    relation: str = ""

    @property
    def account(self) -> UUID:
        """The speaker's portal account."""
        return account_key(self.speaker.key)

    @property
    def name(self) -> str:
        """The speaker's full name."""
        return str(self.speaker.name)

    @property
    def for_whom(self) -> str:
        """What the request says."""
        return {"": "self", "guardian": "ward"}.get(self.relation, "child")


@dataclass
class Stage:
    """Everything at hand while stories are made."""

    dice: Dice
    now: datetime
    clinics: Clinics
    region: Region
    special: dict[str, Resident]
    rows: dict[type[models.Model], list[Row]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[tuple[UUID, datetime], str] = field(default_factory=dict)
    signed_in: set[UUID] = field(default_factory=set)
    consents: dict[tuple[UUID, UUID], Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.humans = {human.key: human for human in self.region.humans}
        used = {one.human.key for one in self.special.values()}
        calm = [one for one in self.region.humans if one.key not in used and not one.is_temporary]
        self._adults = self._shuffled(
            [one for one in calm if self._age(one) >= ADULT and one.email]
        )
        bonds = {bond.child: bond for bond in self.region.bonds if bond.relation == "mother"}
        children = [one for one in calm if one.key in bonds and 1 <= self._age(one) < 14]
        self._children = self._shuffled(children)
        self._mothers = {child: bonds[child].person for child in bonds}

    @property
    def today(self) -> date:
        """The day in Moscow."""
        return self.now.astimezone(MOSCOW).date()

    def _age(self, human: Human) -> int:
        return (self.today - human.born).days // 365

    def _shuffled(self, people: list[Human]) -> Iterator[Human]:
        chosen = list(people)
        self.dice.shuffle(chosen)
        return iter(chosen)

    def add(self, model: type[models.Model], **row: Any) -> Row:
        """Collect one row; return it, for later changes."""
        self.rows[model].append(row)
        return row

    def side(self, field_code: str) -> Side:
        """Return somebody new whom a doctor of that speciality may see."""
        if field_code == _CHILDRENS:
            child = next(self._children)
            return Side(child, self.humans[self._mothers[child.key]], "mother")
        for human in self._adults:
            if field_code != _WOMENS or (human.sex == "f" and 20 <= self._age(human) <= 42):
                return Side(human, human)
        raise StopIteration("no more people for the stories")

    def known(self, code: str) -> Side:
        """Return a special person; a child or a ward speaks through its representative."""
        human = self.special[code].human
        for bond in self.region.bonds:
            if bond.child == human.key:
                return Side(human, self.humans[bond.person], bond.relation)
        return Side(human, human)

    def sign_in(self, side: Side, at: datetime) -> UUID:
        """Give the speaker an account and the link to the own card; return the account's key."""
        human = side.speaker
        if human.key not in self.signed_in:
            self.signed_in.add(human.key)
            known = {one.human.key: one.oid for one in self.special.values() if one.oid}
            oid = known.get(human.key) or str(1_000_400_000 + len(self.signed_in))
            self.add(Account, **portal_account(human, oid, at))
            self.add(Owner, **owner(human, at))
        return side.account

    def consent(self, side: Side, post: Post, at: datetime, method: str = "esia") -> bool:
        """Give the consent of the patient to the МО unless it is given; tell whether it is new."""
        key = (side.patient.key, post.organisation)
        if key in self.consents:
            return False
        by = post.account if method == "visit" else side.account
        self.consents[key] = self.add(
            Consent,
            id=self.dice.key(at),
            patient_id=side.patient.key,
            organisation_id=post.organisation,
            text_version=CONSENT_VERSION,
            method=method,
            state="given",
            given_by=by,
            given_by_name=short_post(post) if method == "visit" else side.name,
            given_at=at,
        )
        return True

    def time(self, post: Post, day: date) -> datetime:
        """Return a free time of the doctor that day, or of the next working one."""
        for ahead in range(10):
            free = [
                at
                for at in slots.shift(post, day + timedelta(days=ahead))
                if (post.doctor, at) not in self.taken and not slots.is_away(post, at, self.today)
            ]
            if free:
                return self.dice.choice(free)
        raise LookupError(f"{post.name} has no time")

    def slot(self, post: Post, at: datetime, state: str = "booked") -> UUID:
        """Add the slot of that time and keep others from it."""
        self.taken[post.doctor, at] = state
        key: UUID = self.add(Slot, **slots.row(post, at, state))["id"]
        return key

    def clerk(self, number: int) -> Worker:
        """Return a registrar of the МО."""
        return self.dice.choice(self.clinics.clerks(number))

    def audit(self, kind: str, account: UUID, action: str, about: UUID, **more: Any) -> None:
        """Add an audit row: `more` has at, organisation, patient, subject_kind, detail."""
        self.add(
            Event,
            id=self.dice.key(more["at"]),
            actor_kind=kind,
            account=account,
            action=action,
            subject_kind=more.pop("subject_kind", "consultation"),
            subject=str(about),
            result="done",
            **more,
        )


def short_post(post: Post) -> str:
    """«Соколова И. П.», as staff are named in acts."""
    return short_name(post.worker.family, post.worker.given, post.worker.patronymic)


def short_worker(worker: Worker) -> str:
    """«Ковалёва В. О.»."""
    return short_name(worker.family, worker.given, worker.patronymic)


def daytime(at: datetime) -> datetime:
    """Return `at`, or the evening before when the registry sleeps (20:00 to 8:00 in Moscow)."""
    local = at.astimezone(MOSCOW)
    if 8 <= local.hour < 20:
        return at
    day = local if local.hour >= 20 else local - timedelta(days=1)
    return day.replace(hour=17 + local.minute % 3)
