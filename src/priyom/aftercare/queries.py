"""What the patient sees after the consultation, and what a link shows to its bearer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from priyom.accounts.ticket import hash_of
from priyom.aftercare import links, rules
from priyom.aftercare.models import Mark, Share
from priyom.aftercare.rules import Advice
from priyom.audit import queries as audit
from priyom.clinics.queries import who_are
from priyom.conclusions import queries as conclusions
from priyom.conclusions.pages import Papers
from priyom.conclusions.rules import ConclusionState
from priyom.consultations.queries import find
from priyom.intake.models import Request
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.patients.queries import Person, may_act_for, people_of


@dataclass(frozen=True, slots=True)
class Told:
    """An advice and what the patient said of it; `is_clear` None: nothing yet."""

    advice: Advice
    is_clear: bool | None
    request: UUID | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link: its address while nobody has opened it, and what became of it."""

    id: UUID
    address: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    state: str
    """waiting, opened, over or revoked."""

    @property
    def may_revoke(self) -> bool:
        """Whether there is something to take back: unopened, or opened and still being read."""
        return self.state in ("waiting", "opened")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who of the staff read the conclusion, on one day: «Климов Б. А., терапевт»."""

    who: str
    at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class After:
    """The patient's page of a signed conclusion."""

    papers: Papers
    told: tuple[Told, ...]
    links: tuple[LinkRow, ...]
    readers: tuple[Reader, ...]

    @property
    def is_in_force(self) -> bool:
        """Whether its advice may be followed."""
        return self.papers.current.state == ConclusionState.SIGNED

    @property
    def root(self) -> str:
        """The address of this page."""
        return self.papers.url

    @property
    def terms(self) -> tuple[int, ...]:
        """For how many days a link may be made."""
        return rules.LIVES


@dataclass(frozen=True, slots=True)
class Unclear:
    """An advice that the patient asked about: in whose words, when, and with which request."""

    advice: str
    question: str
    at: datetime
    number: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the doctor learns of the advices in force: how many were marked, which are unclear."""

    count: int
    clear: int
    unclear: tuple[Unclear, ...]

    @property
    def is_told(self) -> bool:
        """Whether the patient has said anything."""
        return bool(self.clear or self.unclear)


@dataclass(frozen=True, slots=True)
class Question:
    """What the form of a question is told: the advice, and how to reach who asks."""

    papers: Papers
    advice: Advice
    phone: str
    email: str


def after(actor: Actor, consultation_id: UUID) -> After:
    """Return the patient's page; recorded as read. Raises Refusal (missing) until it is signed."""
    papers = conclusions.of_consultation(actor, consultation_id)
    if papers is None:
        raise missing("Заключение")
    patient = find(actor, consultation_id).patient_id
    return After(
        papers=papers,
        told=tuple(_told(papers)),
        links=_links(consultation_id),
        readers=_readers(papers, patient),
    )


def advice_at(papers: Papers, place: str) -> Advice:
    """Return the advice at a place of the version in force; raises Refusal (missing)."""
    for one in _advices(papers):
        if one.place == place:
            return one
    raise missing("Рекомендация")


def understood(actor: Actor, consultation_id: UUID) -> Understood:
    """Return what the patient said of the advices, for the consultant and the head of the МО.

    Recorded as a reading of the conclusion. Raises Refusal (missing) for others.
    """
    papers = conclusions.of_consultation(actor, consultation_id)
    told = _told(papers) if papers else []
    asked = Request.objects.in_bulk([one.request for one in told if one.request])
    return Understood(
        count=len(told),
        clear=sum(one.is_clear is True for one in told),
        unclear=tuple(
            Unclear(one.advice.text, rules.words_of(row.complaint), row.asked_at, row.number)
            for one in told
            if one.is_clear is False and one.request
            for row in (asked[one.request],)
        ),
    )


def question(actor: Actor, consultation_id: UUID, place: str) -> Question:
    """Return what the form of a question shows; raises Refusal (missing)."""
    papers = conclusions.of_consultation(actor, consultation_id)
    if papers is None:
        raise missing("Заключение")
    person = may_act_for(actor, find(actor, consultation_id).patient_id)
    own = next((one for one in people_of(actor) if one.is_self), person)
    phone, email = _reach(person, own)
    return Question(papers, advice_at(papers, place), phone, email)


def opened(share_id: UUID, seal: str, secret: str) -> Share | None:
    """Return the link that this browser opened and may read still; None when it has not.

    Raises Refusal (missing) for a link that is over, or that never was.
    """
    row = living(share_id, seal)
    if row.opened_at is None:
        return None
    is_ours = bool(secret) and row.reader == hash_of(secret)
    if not is_ours or clock.now() >= row.opened_at + rules.READS_FOR:
        raise rules.link_is_over()
    return row


def living(share_id: UUID, seal: str) -> Share:
    """Return a link that was not taken back and whose term is not over; else Refusal (missing)."""
    row = Share.objects.filter(pk=share_id).first() if links.is_sealed(share_id, seal) else None
    if row is None or row.revoked_at is not None:
        raise rules.link_is_over()
    if row.opened_at is None and clock.now() >= row.expires_at:
        raise rules.link_is_over()
    return row


def _advices(papers: Papers) -> tuple[Advice, ...]:
    one = papers.current
    if one.state != ConclusionState.SIGNED:
        return ()
    return rules.advices(one.content, words.moscow(one.signed_at).date())


def _told(papers: Papers) -> list[Told]:
    marks: Mapping[str, Mark] = {
        one.place: one for one in Mark.objects.filter(conclusion=papers.current.id)
    }
    return [
        Told(one, mark.is_clear if mark else None, mark.request_id if mark else None)
        for one in _advices(papers)
        for mark in (marks.get(one.place),)
    ]


def _links(consultation_id: UUID) -> tuple[LinkRow, ...]:
    rows = Share.objects.filter(consultation=consultation_id).order_by("-made_at")
    return tuple(
        LinkRow(
            row.pk, links.address_of(row.pk), row.made_at, row.expires_at, row.opened_at,
            _state(row),
        )
        for row in rows
    )  # fmt: skip


def _state(row: Share) -> str:
    now = clock.now()
    if row.revoked_at is not None:
        return "revoked"
    if row.opened_at is not None:
        return "opened" if now < row.opened_at + rules.READS_FOR else "read"
    return "waiting" if now < row.expires_at else "over"


def _readers(papers: Papers, patient: UUID) -> tuple[Reader, ...]:
    found = audit.readings(patient, [one.id for one in papers.versions])
    names = who_are(one.account for one in found)
    return tuple(
        Reader(names.get(one.account, "Сотрудник поликлиники"), one.at, one.times) for one in found
    )


def _reach(person: Person, own: Person) -> tuple[str, str]:
    return person.phone or own.phone, person.email or own.email
