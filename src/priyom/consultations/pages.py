"""What the pages of a consultation are told: frozen data, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from priyom.consultations.closing import Closed
from priyom.consultations.promise import Interval, Promise
from priyom.consultations.rules import LIVE
from priyom.kernel.offer import Offer


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as a page names one."""

    id: UUID
    full_name: str
    short_name: str
    birth_on: date
    sex: str
    age: int
    """Full years today, Moscow."""
    is_dead: bool


@dataclass(frozen=True, slots=True)
class Specialist:
    """A consultant as a page names one."""

    id: UUID
    full_name: str
    short_name: str
    speciality: str
    organisation: str


@dataclass(frozen=True, slots=True)
class ConsultationPage:
    """Everything the page of one consultation knows about it, for one actor.

    `closed` is None when this side may write now; the registry never may, and is told nothing.
    Instants are aware, UTC.
    """

    id: UUID
    number: str
    state: str
    label: str
    side: str
    patient: Person
    doctor: Specialist
    organisation_id: UUID
    organisation_phone: str
    starts_at: datetime
    ends_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    complaint: str
    reason: str
    last_seq: int
    has_consent: bool
    is_own: bool
    may_write: bool
    closed: Closed | None
    move_asked_at: datetime | None
    offers: tuple[Offer, ...]
    interval: Interval
    reply_minutes: int
    promise: Promise | None

    @property
    def is_over(self) -> bool:
        """Whether it ended, one way or another: then its archive can be had."""
        return self.state not in LIVE


@dataclass(frozen=True, slots=True)
class Line:
    """One consultation in a list: the doctor's day, the patient's home, the registry's page."""

    id: UUID
    number: str
    state: str
    label: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    patient: Person
    doctor: Specialist
    unread: int
    last_words: str
    has_consent: bool
    has_joined: bool
    move_asked_at: datetime | None
    move_wish: str
    reason: str
    change_until: datetime
    """Until when the patient's side moves and cancels it by itself."""
    clinic_phone: str
    offers: tuple[Offer, ...] = ()
    promise: Promise | None = None

    @property
    def awaited(self) -> Promise | None:
        """What the doctor must answer and until when; None while no clock runs."""
        return self.promise if self.promise and self.promise.is_running else None


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent as the patient's «Мои согласия» shows it."""

    id: UUID
    patient: str
    organisation: str
    state: str
    label: str
    method: str
    given_at: datetime
    given_by_name: str
    withdrawn_at: datetime | None
    offer: Offer | None
    has_scan: bool = False
    """The signed sheet was photographed."""
