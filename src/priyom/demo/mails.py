"""Letters of the told talks: nearly all sent, a few in the queue, a few that no server took."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from priyom.clinics.models import Organisation
from priyom.consultations.models import Consultation
from priyom.demo.clinics import Clinics
from priyom.demo.stage import Row, Stage
from priyom.demo.story import Told
from priyom.intake import letters
from priyom.intake.rules import due_reminder
from priyom.kernel import words
from priyom.kernel.phones import show_phone
from priyom.notices import actions as notices
from priyom.notices.letter import Words, compose
from priyom.notices.models import Notice
from priyom.notices.rules import message_id

FAILED, QUEUED = 3, 2
"""How many letters no server took, and how many go out when the worker starts."""
NO_SUCH_ADDRESS = "почтовый сервер не знает такого адреса"


class Post:
    """Adds the letters of consultations to the stage."""

    def __init__(self, stage: Stage, clinics: Clinics) -> None:
        self.stage = stage
        self.places = {
            key: Organisation(**clinics.organisation_row(number))
            for number, key in clinics.organisations.items()
        }
        self.failed = 0

    def write(self, told: Told) -> None:
        """Add what both sides were told."""
        row, visit = told.row, told.visit
        when = words.exact(row["starts_at"])
        patient = (told.request or {}).get("email") or ""
        lead = f"Консультация назначена: {when}"
        self._add(row, f"booked:{row['id']}:patient", patient, lead, row["booked_at"])
        doctor = f"{visit.post.worker.login}@p{visit.post.worker.clinic}.example"
        lead = f"Новая консультация: {when}"
        self._add(row, f"booked:{row['id']}:doctor", doctor, lead, row["booked_at"], "desk")
        if visit.state in ("cancelled", "returned"):
            lead = f"Консультация отменена: {when}"
            self._add(row, f"cancelled:{row['id']}:patient", patient, lead, row["ended_at"])
        elif visit.state == "completed":
            key = f"conclusion-signed:{row['id']}:patient"
            self._add(row, key, patient, "Заключение готово", row["ended_at"])
        elif visit.state == "scheduled":
            self._recall(row, patient)

    def _recall(self, row: Row, to: str) -> None:
        """Add the recall that is due already, so that the job does not send it again."""
        rung = due_reminder(row["starts_at"], row["booked_at"], self.stage.now)
        if rung is None:
            return
        key = letters.soon_key(Consultation(id=row["id"], starts_at=row["starts_at"]), rung)
        lead = f"Напоминаем: консультация {words.exact(row['starts_at'])}"
        self._add(row, f"{key}:patient", to, lead, row["starts_at"] - rung)

    def _add(
        self, row: Row, key: str, to: str, lead: str, at: datetime, portal: str = "my"
    ) -> None:
        if not to:
            return
        place = self.places[row["organisation_id"]]
        letter = compose(
            Words(
                subject=lead,
                lead=lead.partition(":")[0],
                facts=(
                    ("Когда", words.exact(row["starts_at"])),
                    ("Где", f"{place.short_name}, чат на портале «Приём»"),
                    ("Номер", row["number"]),
                ),
                button="Открыть чат" if portal == "my" else "Открыть консультацию",
                url=f"{settings.PUBLIC_URL}/{portal}/consultations/{row['id']}/",
                sender=f"{place.short_name}, регистратура {show_phone(place.phone)}",
            )
        )
        self.stage.add(
            Notice,
            id=self.stage.dice.key(at),
            organisation=place.pk,
            key=key,
            message_id=message_id(key, notices.host()),
            to=to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            calendar="",
            about=row["id"],
            attempts=1,
            queued_at=at,
            next_attempt_at=at,
            **self._fate(key, at, row["state"]),
        )

    def _fate(self, key: str, at: datetime, state: str) -> dict[str, object]:
        is_booking = key.startswith("booked:") and key.endswith(":patient")
        if is_booking and state == "scheduled" and self.failed < FAILED:
            self.failed += 1
            return {"state": "failed", "failure": NO_SUCH_ADDRESS, "sent_at": None}
        return {"state": "sent", "sent_at": at + timedelta(seconds=self.stage.dice.randint(1, 20))}

    def keep_some_queued(self, rows: list[Row]) -> None:
        """Put the newest letters back into the queue: the worker sends them at its first tick."""
        newest = sorted(rows, key=lambda row: (row["queued_at"], row["key"]))
        for row in [row for row in newest if row["state"] == "sent"][-QUEUED:]:
            row.update(state="queued", sent_at=None, attempts=0, next_attempt_at=self.stage.now)
