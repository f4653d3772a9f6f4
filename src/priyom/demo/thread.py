"""The log of one consultation while its story is told: numbers without a gap, time forward only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from priyom.calls.models import Call, Presence
from priyom.consultations.models import Attachment, Entry, Member
from priyom.demo.files import Shelf
from priyom.demo.slots import Post
from priyom.demo.stage import Row, Side, Stage, short_post
from priyom.kernel.actor import SYSTEM_ACCOUNT

_KINDS = {"voice": "voice", "video": "video"}


class Thread:
    """Writes entries, attachments, calls and marks of one consultation row."""

    def __init__(self, stage: Stage, shelf: Shelf, row: Row, side: Side, post: Post) -> None:
        self.stage = stage
        self.shelf = shelf
        self.row = row
        self.side = side
        self.post = post
        self.at: datetime = row["booked_at"]
        self.materials: dict[str, str] = {}
        self.had_call = False
        self.doctor = self.member(post.account, "doctor", post.name, row["booked_at"])
        self.patient: Row | None = None

    def member(self, account: UUID, side: str, name: str, since: datetime) -> Row:
        """Add a member who has read nothing yet."""
        return self.stage.add(
            Member, id=self.stage.dice.key(since), consultation_id=self.row["id"],
            account_id=account, side=side, name=name, since=since, delivered_seq=0, read_seq=0,
        )  # fmt: skip

    def join(self, at: datetime) -> None:
        """Let the patient's side in."""
        self.stage.sign_in(self.side, at)
        self.patient = self.member(self.side.account, "patient", self.side.name, at)

    def write(
        self, kind: str, who: tuple[UUID, str, str], at: datetime, body: str = "", **data: Any
    ) -> int:
        """Add an entry by `who` (account, side, name); return its number."""
        self.at = max(at, self.at + timedelta(seconds=1))
        self.row["last_seq"] += 1
        self.stage.add(
            Entry,
            consultation_id=self.row["id"],
            seq=self.row["last_seq"],
            organisation_id=self.post.organisation,
            kind=kind,
            author=who[0],
            side=who[1],
            author_name=who[2],
            client_key=str(self.stage.dice.key(self.at)),
            body=body,
            data=data,
            at=self.at,
        )
        seq: int = self.row["last_seq"]
        return seq

    @property
    def doctor_acts(self) -> tuple[UUID, str, str]:
        """The doctor as acts name one."""
        return self.post.account, "doctor", short_post(self.post)

    @property
    def doctor_says(self) -> tuple[UUID, str, str]:
        """The doctor as messages name one."""
        return self.post.account, "doctor", self.post.name

    @property
    def patient_says(self) -> tuple[UUID, str, str]:
        """The patient's side."""
        return self.side.account, "patient", self.side.name

    def send(self, thing: str, name: str, value: str, at: datetime) -> None:
        """Send a file of the patient's side."""
        kind = _KINDS.get(thing, "file")
        seq = self.write(kind, self.patient_says, at)
        key = self.stage.dice.key(self.at)
        self.materials[str(key)] = name
        self.stage.add(
            Attachment,
            id=key,
            consultation_id=self.row["id"],
            blob_id=self.shelf.take(thing, name, value),
            seq=seq,
            name=name,
            uploaded_by=self.side.account,
            uploaded_at=self.at - timedelta(seconds=4),
        )

    def call(self, outcome: str, at: datetime) -> timedelta:
        """Ring: `outcome` is seconds, missed, declined, ringing or active; return its time."""
        seq = self.write("call", self.doctor_acts, at)
        rang, seconds = self.at, int(outcome) if outcome.isdigit() else 0
        state = "ended" if seconds else outcome
        answered = rang + timedelta(seconds=8) if state in ("ended", "active") else None
        lasted = timedelta(seconds={"missed": 45, "declined": 6}.get(state, seconds + 8))
        ended = None if state in ("ringing", "active") else rang + lasted
        call = self.stage.add(
            Call,
            id=self.stage.dice.key(rang),
            consultation_id=self.row["id"],
            organisation_id=self.post.organisation,
            state=state,
            rang_by=self.post.account,
            rang_at=rang,
            answered_at=answered,
            ended_at=ended,
            started_seq=seq,
        )
        self._present(call, self.post.account, rang, ended)
        if answered:
            self._present(call, self.side.account, answered, ended)
        if ended:
            who = (SYSTEM_ACCOUNT, "system", "Приём") if state == "missed" else self.doctor_acts
            who = self.patient_says if state == "declined" else who
            self.write(
                "call_ended", who, ended, call=str(call["id"]), outcome=state, seconds=seconds
            )
        self.had_call = self.had_call or seconds > 0
        return lasted

    def _present(self, call: Row, account: UUID, since: datetime, until: datetime | None) -> None:
        self.stage.add(
            Presence, id=self.stage.dice.key(since), call_id=call["id"], account=account,
            joined_at=since, seen_at=until or self.stage.now, left_at=until,
        )  # fmt: skip

    def mark(self, doctor_unread: int = 0, patient_unread: int = 0) -> None:
        """Set how far both have got: everything, less the last so many entries."""
        last = self.row["last_seq"]
        for member, unread in ((self.doctor, doctor_unread), (self.patient, patient_unread)):
            if member is not None:
                member["delivered_seq"] = last
                member["read_seq"] = max(0, last - unread)
