"""What the pages of a conclusion are told: frozen data, no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from priyom.conclusions.content import (
    MEASURES,
    NATURES,
    NOT_IN_PERSON,
    PRESSURE,
    SEVERITIES,
    Content,
    Measure,
)
from priyom.conclusions.phrases import PHRASES
from priyom.conclusions.signer import Verdict
from priyom.conclusions.signing.revocation import Standing


@dataclass(frozen=True, slots=True)
class Material:
    """A file that the patient's side sent: what a doctor may tick as reviewed."""

    key: str
    name: str
    seq: int
    """Number of its entry in the chat."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """A message of the chat that was taken into a field."""

    field: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """A file beside a signed PDF, for other programs; `path` follows the root of the papers."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The doctor's part of the consultation page: what is written and what may be done.

    `state` is "" before the first save. Instants are aware, UTC.
    """

    consultation: UUID
    number: str
    patient: str
    state: str
    label: str
    version: int
    revision: int
    content: Content
    values: Mapping[str, str]
    materials: tuple[Material, ...] | None
    """The files that may be ticked; None where the page asks for them when they are wanted."""
    sources: tuple[Source, ...]
    saved_at: datetime | None
    formed_at: datetime | None
    signed_at: datetime | None
    pdf: str
    """sha-256 of the formed PDF: what the signing button names."""
    amends: str
    """Why a signed version is being corrected; "" for the first version."""
    beside: tuple[Beside, ...]
    """Whether this version was formed with its СЭМД."""
    closed: str
    """Why nothing can be written, when there is neither a draft nor a paper."""
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether the form is shown: a draft, or nothing yet."""
        return not self.closed and self.state in ("", "draft")

    @property
    def phrases(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return the ready phrases of each long field."""
        return PHRASES

    @property
    def measures(self) -> tuple[tuple[Measure, str, str], ...]:
        """Return each measure, what was typed, and what is wrong with it."""
        return tuple(
            (one, self.values.get(one.name, ""), self.problems.get(one.name, ""))
            for one in (*MEASURES.values(), PRESSURE)
        )

    @property
    def severities(self) -> dict[str, str]:
        """Return how severe a state may be, in words."""
        return {str(key): text for key, text in SEVERITIES.items()}

    @property
    def natures(self) -> dict[str, str]:
        """Return the natures of a disease, in words."""
        return {str(key): text for key, text in NATURES.items()}

    @property
    def warning(self) -> str:
        """Return what may not be settled from afar, in the law's words."""
        return NOT_IN_PERSON

    @property
    def root(self) -> str:
        """Return the address of the doctor's page of this conclusion."""
        return f"/desk/consultations/{self.consultation}/conclusion/"


@dataclass(frozen=True, slots=True)
class Version:
    """One signed version as it is read; `note` says why it is no longer in force."""

    id: UUID
    version: int
    number: str
    state: str
    label: str
    note: str
    content: Content
    signer: str
    certificate: str
    certificate_until: datetime | None
    signed_at: datetime
    sha256: str
    size: int
    check_code: str
    check_url: str
    pdf_url: str
    beside: tuple[Beside, ...]
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """The signed versions of one consultation, newest first; there is at least one."""

    consultation: UUID
    patient: str
    doctor: str
    speciality: str
    organisation: str
    phone: str
    starts_at: datetime
    ended_at: datetime | None
    url: str
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        """Return the newest version, in force or withdrawn."""
        return self.versions[0]

    @property
    def earlier(self) -> tuple[Version, ...]:
        """Return the versions before it."""
        return self.versions[1:]


@dataclass(frozen=True, slots=True)
class HomePaper:
    """A signed conclusion in the patient's list."""

    url: str
    pdf_url: str


@dataclass(frozen=True, slots=True)
class Signing:
    """How a formed version is to be signed: what the doctor's plug-in is told."""

    is_on_page: bool
    """Whether the doctor's own plug-in signs; else the server has it done."""
    owner: str
    until: datetime | None
    thumbprint: str
    """SHA-1 of the certificate, hexadecimal: how the plug-in finds it."""
    algorithm: str
    """Name of the plug-in's constant for the digest."""
    pdf: str
    xml: str
    """Digests, hexadecimal; "" where there is no XML."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public page may say: no patient, no word of the illness."""

    code: str
    state: str
    number: str
    signed_at: datetime
    organisation: str
    signer: str
    certificate: str
    sha256: str
    verdict: Verdict
    is_training: bool
    """Signed by the demo's authority: shows the way, has no legal force."""
    revocation: Standing
    withdrawn_at: datetime | None = None

    @property
    def by(self) -> str:
        """Return whose signature was checked."""
        return self.verdict.signer or self.signer

    @property
    def trusted_at(self) -> datetime | None:
        """Return when an authority of time saw the signature, None where only its signer says."""
        return self.verdict.signed_at if self.verdict.is_stamped else None

    @property
    def was_revoked_before(self) -> bool:
        """Whether the certificate was revoked before it signed, by the best time that is known."""
        return self.revocation.is_revoked(self.trusted_at or self.signed_at)

    @property
    def serial(self) -> str:
        """Return the serial of the certificate that was checked."""
        return self.verdict.serial or self.certificate

    @property
    def answer(self) -> str:
        """Return genuine, broken, amended, withdrawn or revoked: which page to show."""
        if not self.verdict.is_genuine:
            return "broken"
        if self.state != "withdrawn" and self.revocation.is_revoked(self.trusted_at):
            return "revoked"
        return "genuine" if self.state == "signed" else self.state
