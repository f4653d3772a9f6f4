"""What the pages of a request are told: frozen data, no rows. Instants are aware, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from priyom.kernel import words
from priyom.kernel.offer import Offer
from priyom.kernel.phones import show_phone
from priyom.patients.queries import Typed


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
        """Return «обычно за 3 ч, в девяти случаях из десяти за 26 ч», rounded up."""
        said = f"обычно за {_about(self.half)}"
        if self.most is None or _about(self.most) == _about(self.half):
            return said
        return f"{said}, в девяти случаях из десяти за {_about(self.most)}"


def _about(length: timedelta) -> str:
    """Return a length as exact as one may promise: whole hours, below two tens of minutes."""
    step = timedelta(hours=1) if length > timedelta(hours=2) else timedelta(minutes=10)
    return words.waited(-(-length // step) * step)


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
    label: str
    """What became of it, "" while it waits."""
    asked_at: datetime
    due_at: datetime
    is_late: bool
    is_soon: bool
    is_urgent: bool
    is_mine: bool
    holder: str
    taken_at: datetime | None
    taken_until: datetime | None
    call_back_at: datetime | None
    is_call_due: bool
    """The time to call back has come."""
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


class Wanted(Protocol):
    """Who asks for what: a request of the journal, or what a caller has said so far.

    `said` is what the index compares its cards with. A caller has no `family` beside it: words
    typed while listening may be misspelt, and are no mismatch with a card.
    """

    @property
    def organisation(self) -> UUID: ...
    @property
    def patient(self) -> UUID | None: ...
    @property
    def family(self) -> str: ...
    @property
    def given(self) -> str: ...
    @property
    def patronymic(self) -> str: ...
    @property
    def birth_on(self) -> date | None: ...
    @property
    def phone(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def speciality(self) -> UUID: ...
    @property
    def doctor(self) -> UUID | None: ...
    @property
    def wished(self) -> tuple[tuple[datetime, datetime], ...]: ...
    @property
    def sought(self) -> str: ...
    @property
    def said(self) -> Typed: ...


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request as the registrar sees it while booking."""

    id: UUID
    organisation: UUID
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

    @property
    def said(self) -> Typed:
        """Return what the request says about the person."""
        return Typed(self.family, self.given, self.patronymic, self.birth_on, self.phone)


@dataclass(frozen=True, slots=True)
class Caller:
    """What somebody on the phone has said so far; fields as in Wanted."""

    organisation: UUID
    speciality: UUID
    doctor: UUID | None
    sought: str
    said: Typed
    phone: str
    email: str = ""
    patient: UUID | None = None
    family: str = ""
    given: str = ""
    patronymic: str = ""
    birth_on: date | None = None
    wished: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Twin:
    """Another waiting request of the same person, as far as the registry can tell."""

    id: UUID
    number: str
    name: str
    speciality: str
    source: str
    complaint: str
    asked_at: datetime
    holder: str
    """The colleague who has it, "" when it is free or one's own."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that tells two people apart, and the end of the right answer."""

    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Way:
    """Another way than the one that is warned of: its words, and an address or a key."""

    label: str
    to: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to beware of: a code, how grave («bad», «warn»), what to do about it."""

    code: str
    look: str
    text: str
    questions: tuple[Question, ...] = ()
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The card that the registrar chose: what to confirm and what to beware of."""

    id: UUID
    name: str
    birth_on: date
    email: str
    email_confirmed_at: datetime | None
    is_temporary: bool
    cautions: tuple[Caution, ...]
    misfits: tuple[Caution, ...]
    """Why the chosen speciality is not for this patient."""
    known_to: frozenset[UUID]
    """Doctors who have completed a consultation with this patient."""

    @property
    def is_doubtful(self) -> bool:
        """Whether the person must be asked three questions before the booking."""
        return any(one.code == "mismatch" for one in self.cautions)


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address in the field: what it may have meant, whether it is confirmed."""

    text: str
    meant: str
    confirmed_at: datetime | None
    is_asked: bool
    """A link was sent and nobody has opened it yet."""
    may_ask: bool
    """There is a card that the link could confirm it on."""


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
