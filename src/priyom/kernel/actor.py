"""Who acts: one frozen value, made at a door, first argument of every action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from priyom.kernel.refusal import missing

SYSTEM_ACCOUNT = UUID("00000000-0000-7000-8000-000000000000")
"""Author of the entries that jobs write: nobody signs in as this account."""


class ActorKind(StrEnum):
    """In which capacity somebody acts."""

    ANONYMOUS = "anonymous"
    PATIENT = "patient"
    """Somebody on the patient portal: the patient, or who stands for one."""
    REGISTRAR = "registrar"
    DOCTOR = "doctor"
    HEAD = "head"
    ADMIN = "admin"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Account ≠ patient ≠ representative: each has its own key.

    `account` is who signed in; the card an act is about is asked for by each act, not kept here;
    `organisation` the one a staff member works for, `doctor` the staff member's own doctor
    record, `session` the public handle of the session (never its key).
    """

    kind: ActorKind
    account: UUID
    name: str = ""
    organisation: UUID | None = None
    doctor: UUID | None = None
    session: UUID | None = None
    request_id: str = ""
    address: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether the actor works on the Telemedicine portal."""
        return self.kind in STAFF

    @property
    def keeps_registry(self) -> bool:
        """Whether the actor keeps the schedule and the letters of a МО: a registrar or a head."""
        return self.kind in (ActorKind.REGISTRAR, ActorKind.HEAD)

    @property
    def workplace(self) -> UUID:
        """The МО the actor works for; raises Refusal (missing) for who works in none."""
        if self.organisation is None:
            raise missing()
        return self.organisation

    @property
    def consultant(self) -> UUID:
        """The doctor the actor is; raises Refusal (missing) for who is none."""
        if self.doctor is None:
            raise missing()
        return self.doctor


STAFF = frozenset({ActorKind.REGISTRAR, ActorKind.DOCTOR, ActorKind.HEAD})
SYSTEM = Actor(kind=ActorKind.SYSTEM, account=SYSTEM_ACCOUNT, name="Приём")
NOBODY = Actor(kind=ActorKind.ANONYMOUS, account=SYSTEM_ACCOUNT)
