"""Requests of the journal with their wishes and steps, whether they led to a talk or not."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from priyom.demo.slots import Post
from priyom.demo.staff import Worker
from priyom.demo.stage import Row, Side, Stage, short_post, short_worker
from priyom.demo.visit import Visit
from priyom.intake.models import Interval, Request, Step
from priyom.intake.rules import ANSWERS, CALLS, TAKEN_FOR
from priyom.kernel.actor import SYSTEM
from priyom.kernel.clock import MOSCOW

ANSWER_HOURS = 24
DECLINED = (
    "Нужен очный приём: запишитесь по телефону регистратуры, поможем подобрать время.",
    "Рецепт на этот препарат дистанционно не выписывают. Приходите к своему терапевту с паспортом.",
    "Эта поликлиника не ведёт приём вашего района. Оставьте заявку в свою, телефон прислали.",
)
WITHDRAWN = ("Уже не нужно, стало лучше.", "Нашли время очно.", "Ошибся поликлиникой, простите.")
_NOTES = {
    "no_answer": ("Не берёт трубку.", "Сбросили, перезвоним.", "Номер занят."),
    "called": ("Просит после 17, говорит, что на работе.", "Уточнила почту, всё записала."),
    "call_back": ("Просила перезвонить позже, в аптеке.", "За рулём, перезвонить."),
}


class Journal:
    """Adds requests, wished times and steps."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def request(
        self, side: Side, post: Post, complaint: str, asked_at: datetime, source: str, **more: Any
    ) -> Row:
        """Add a request as `source` makes it: a call does not know the card."""
        human, stage = side.patient, self.stage
        is_portal = source == "portal"
        asked_by = stage.sign_in(side, asked_at - timedelta(minutes=3)) if is_portal else None
        row = {
            "id": stage.dice.key(asked_at),
            "number": "",
            "organisation_id": post.organisation,
            "source": source,
            "for_whom": side.for_whom,
            "asked_by": asked_by,
            "asked_by_name": side.name if is_portal or side.relation else "",
            "patient_id": human.key if source in ("portal", "doctor") else None,
            "family": human.name.family,
            "given": human.name.given,
            "patronymic": human.name.patronymic,
            "birth_on": human.born,
            "phone": side.speaker.phone or "+78125550100",
            "email": side.speaker.email if is_portal else "",
            "complaint": complaint,
            "speciality_id": post.speciality,
            "doctor_id": None,
            "ordered_by_id": None,
            "state": "new",
            "reason": "",
            "answer_due_at": asked_at + timedelta(hours=ANSWER_HOURS),
            "asked_at": asked_at,
            "client_key": stage.dice.key(asked_at),
            **more,
        }
        added = stage.add(Request, **row)
        who = (asked_by, side.name) if asked_by else self._clerk(stage.clerk(post.worker.clinic))
        if source == "doctor":
            who = (post.account, short_post(post))
        self.step(added, "asked", asked_at, who)
        return added

    def _clerk(self, worker: Worker) -> tuple[UUID, str]:
        return self.stage.clinics.accounts[worker.login], short_worker(worker)

    def wishes(self, row: Row, since: datetime) -> None:
        """Add one to three convenient times in the five days after `since`."""
        for ahead in sorted(self.stage.dice.sample(range(1, 6), self.stage.dice.randint(1, 3))):
            day = (since + timedelta(days=ahead)).astimezone(MOSCOW).date()
            first, last = self.stage.dice.choice(((9, 12), (14, 18), (18, 21), (9, 21)))
            self.stage.add(
                Interval,
                id=self.stage.dice.key(since),
                request_id=row["id"],
                starts_at=datetime.combine(day, time(first), MOSCOW),
                ends_at=datetime.combine(day, time(last), MOSCOW),
            )

    def step(
        self, row: Row, kind: str, at: datetime, who: tuple[UUID, str], note: str = "",
        call_back_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Add a step of the request's history; the request itself keeps the newest of its kind."""
        if kind in CALLS:
            row["last_contact"], row["call_back_at"] = kind, call_back_at
        if kind in ANSWERS:
            row.setdefault("answered_at", at)
        self.stage.add(
            Step, id=self.stage.dice.key(at), request_id=row["id"], kind=kind, at=at,
            by=who[0], by_name=who[1], note=note, call_back_at=call_back_at,
        )  # fmt: skip

    def contact(self, row: Row, kind: str, at: datetime, worker: Worker) -> None:
        """Add an attempt to reach the person."""
        ahead = timedelta(minutes=10 * self.stage.dice.randint(-2, 18))
        later = self.stage.now + ahead if kind == "call_back" else None
        note = self.stage.dice.choice(_NOTES[kind])
        self.step(row, kind, at, self._clerk(worker), note, later)

    def led_to(self, visit: Visit, consultation: Row, complaint: str) -> Row:
        """Add the request that led to a consultation, with its way through the journal."""
        side, post, clerk = visit.side, visit.post, self._clerk(visit.clerk)
        source = visit.source
        row = self.request(
            side, post, complaint, visit.asked_at, source,
            email="" if "no_account" in visit.turns else side.speaker.email,
            ordered_by_id=post.doctor if source == "doctor" else None,
        )  # fmt: skip
        row["patient_id"] = side.patient.key
        self.wishes(row, visit.asked_at)
        wait = visit.booked_at - visit.asked_at
        if source != "doctor":
            self.step(row, "take", visit.asked_at + wait * 0.7, clerk)
            if source == "phone" or self.stage.dice.often(0.3):
                self.contact(row, "called", visit.asked_at + wait * 0.85, visit.clerk)
        who = (post.account, short_post(post)) if source == "doctor" else clerk
        self.step(row, "book", visit.booked_at, who)
        is_back = visit.state == "returned" or "by_clinic" in visit.turns
        if is_back:
            self._send_back(row, consultation, visit)
        else:
            row["state"] = "scheduled"
            row["consultation_id"] = consultation["id"]
        return row

    def _send_back(self, row: Row, consultation: Row, visit: Visit) -> None:
        ended: datetime = consultation["ended_at"]
        who = self._clerk(visit.clerk)
        if visit.state == "returned":
            who = (visit.post.account, short_post(visit.post))
        row["reason"] = consultation["reason"]
        row["answer_due_at"] = ended + timedelta(hours=ANSWER_HOURS)
        self.step(row, "send_back", ended, who, consultation["reason"])
        self.wishes(row, self.stage.now)

    def end(self, row: Row, state: str, at: datetime, worker: Worker) -> None:
        """End a request without a consultation: declined, withdrawn or expired."""
        clerk = self._clerk(worker)
        row["state"] = state
        if state == "declined":
            self.step(row, "take", at - timedelta(minutes=4), clerk)
            row["reason"] = self.stage.dice.choice(DECLINED)
            self.step(row, "decline", at, clerk, row["reason"])
        elif state == "withdrawn":
            row["reason"] = self.stage.dice.choice(WITHDRAWN)
            self.step(row, "withdraw", at, (row["asked_by"], row["asked_by_name"]), row["reason"])
        else:
            self.step(row, "expire", at, (SYSTEM.account, SYSTEM.name))

    def take(self, row: Row, at: datetime, worker: Worker) -> None:
        """Let a registrar have the request now."""
        account, name = self._clerk(worker)
        self.step(row, "take", at, (account, name))
        row.update(
            state="taken", taken_by=account, taken_by_name=name, taken_at=at,
            taken_until=at + TAKEN_FOR,
        )  # fmt: skip
