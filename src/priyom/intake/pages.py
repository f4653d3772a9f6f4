"""What the pages of a request are told: frozen data, no rows. Instants are aware, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from priyom.kernel import words
from priyom.kernel.offer import Offer
from priyom.kernel.phones import show_phone


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a timeline. `look` is done, now, next or stopped."""

    look: str
    title: str
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """How long others waited lately: half of them `half`, nine of ten `most`, if so many did."""

    count: int
    half: timedelta
    most: timedelta | None
    is_of_speciality: bool

    @property
    def text(self) -> str:
        """Return «обычно за 3 ч, в девяти случаях из десяти за 26 ч»."""
        said = f"обычно за {words.waited(self.half)}"
        if self.most is None or words.waited(self.most) == words.waited(self.half):
            return said
        return f"{said}, в девяти случаях из десяти за {words.waited(self.most)}"


@dataclass(frozen=True, slots=True)
class Wait:
    """Where a request stands: how many asked before it and wait too, how long others waited."""

    ahead: int = 0
    usual: Usual | None = None


@dataclass(frozen=True, slots=True)
class OfferedTime:
    """A time that is kept for the patient's answer."""

    id: UUID
    starts_at: datetime
    expires_at: datetime

    @property
    def url(self) -> str:
        """Where it is answered."""
        return f"/my/proposals/{self.id}/"


@dataclass(frozen=True, slots=True)
class HomeRequest:
    """A request as the patient sees it, on the home page and on its own."""

    id: UUID
    number: str
    title: str
    """«Заявка к кардиологу»."""
    person: str
    """Who it is for when it is not the account's owner: «Иванова М. С.», else ""."""
    state: str
    label: str
    complaint: str
    clinic: str
    clinic_phone: str
    asked_at: datetime
    wishes: tuple[str, ...]
    marks: tuple[Mark, ...]
    is_waiting: bool
    consultation: UUID | None
    offers: tuple[Offer, ...]
    offered: OfferedTime | None = None
    usual: Usual | None = None

    @property
    def clinic_phone_text(self) -> str:
        """Return «+7 812 555-00-00»."""
        return show_phone(self.clinic_phone)

    @property
    def url(self) -> str:
        """Where its own page is."""
        return f"/my/requests/{self.id}/"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the journal."""

    id: UUID
    number: str
    name: str
    age: str
    who_asks: str
    """«мама Иванова А.» when a representative asks, else ""."""
    source: str
    speciality: str
    complaint: str
    state: str
    asked_at: datetime
    is_late: bool
    is_mine: bool
    holder: str
    taken_at: datetime | None
    taken_until: datetime | None
    call_back_at: datetime | None
    last_contact: str


@dataclass(frozen=True, slots=True)
class Journal:
    """A page of the journal, longest waiting first; `cursor` opens the next one, "" at the end."""

    only: str
    rows: tuple[Row, ...]
    counts: dict[str, int]
    cursor: str
    digest: str
    """Changes with anything that the list shows: the poll compares it."""


@dataclass(frozen=True, slots=True)
class Past:
    """One line of a request's history, for the registry."""

    at: datetime
    by: str
    what: str
    note: str
    call_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request as the registrar sees it while booking."""

    id: UUID
    number: str
    state: str
    label: str
    source: str
    for_whom: str
    asked_by_name: str
    asked_at: datetime
    answer_due_at: datetime
    patient: UUID | None
    family: str
    given: str
    patronymic: str
    birth_on: date | None
    phone: str
    email: str
    complaint: str
    speciality: UUID
    speciality_name: str
    doctor: UUID | None
    doctor_name: str
    ordered_by: str
    is_urgent: bool
    wishes: tuple[str, ...]
    wished: tuple[tuple[datetime, datetime], ...]
    is_mine: bool
    holder: str
    taken_until: datetime | None
    reason: str
    consultation: UUID | None
    duplicate_of: str
    history: tuple[Past, ...]
    offers: tuple[Offer, ...]

    @property
    def name(self) -> str:
        """Return «Иванова Анна Сергеевна»."""
        return words.full_name(self.family, self.given, self.patronymic)

    @property
    def phone_text(self) -> str:
        """Return «+7 921 555-10-20»."""
        return show_phone(self.phone)

    @property
    def sought(self) -> str:
        """Return what the search of the index begins with: «Иванова Анна 12.03.1984»."""
        born = words.numeric(self.birth_on) if self.birth_on else ""
        return " ".join(filter(None, [self.family, self.given, born]))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The card that the registrar chose: what to confirm and what to beware of."""

    id: UUID
    name: str
    birth_on: date
    email: str
    email_confirmed_at: datetime | None
    is_temporary: bool
    warnings: tuple[str, ...]
    known_to: frozenset[UUID]
    """Doctors who have completed a consultation with this patient."""


@dataclass(frozen=True, slots=True)
class Booked:
    """The consultation that came of a request, for the registry: time and letters, no talk."""

    id: UUID
    number: str
    patient: str
    doctor: str
    starts_at: datetime
    ends_at: datetime
    email: str


@dataclass(frozen=True, slots=True)
class FailedLetter:
    """A letter that did not arrive, with whom to call about it."""

    id: UUID
    to: str
    subject: str
    failure: str
    queued_at: datetime
    name: str
    phone: str
    url: str
    """Page of the request it is about, "" when there is none."""

    @property
    def phone_text(self) -> str:
        """Return «+7 921 555-10-20»."""
        return show_phone(self.phone)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The person a doctor orders a consultation for."""

    id: UUID
    name: str
    birth_on: date
    phone: str
    email: str
    has_consent: bool
