"""One request and its consultation from the first word to the last state, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from priyom.consultations.models import Consultation
from priyom.demo.files import Shelf, shown
from priyom.demo.journal import Journal
from priyom.demo.slots import LENGTH
from priyom.demo.stage import Row, Stage, short_post, short_worker
from priyom.demo.talks import Line, said
from priyom.demo.thread import Thread
from priyom.demo.visit import Visit

CANCEL_REASONS = (
    "Стало лучше, консультация больше не нужна.", "Записали к врачу очно на сегодня.",
    "Не успеваю с работы, оставлю заявку позже.", "Вызвали скорую, нахожусь в больнице.",
)  # fmt: skip
RETURN_REASONS = (
    "Нужен очный осмотр и снимок, дистанционно не помогу. Запишите, пожалуйста, к травматологу.",
    "Вопрос не моей специальности: нужен эндокринолог.",
    "В это время у меня операционный день, прошу назначить другое.",
)
CLINIC_REASONS = ("Врач заболел, приём этого дня отменён.", "Перенесли приём из-за вакцинации.")


@dataclass
class Told:
    """A told story: rows that later parts need."""

    visit: Visit
    row: Row
    request: Row | None
    thread: Thread
    numbers: dict[str, str]


class Teller:
    """Tells visits onto the stage."""

    def __init__(self, stage: Stage, shelf: Shelf, journal: Journal) -> None:
        self.stage = stage
        self.shelf = shelf
        self.journal = journal

    def numbers(self, visit: Visit) -> dict[str, str]:
        """Return the story's temperatures, pressures and names."""
        dice, human, worker = self.stage.dice, visit.side.speaker, visit.post.worker
        high = dice.choice(("152/94", "158/96", "164/98", "148/92"))
        return {
            "t": dice.choice(("37,9", "38,1", "38,2", "38,4", "38,6")),
            "low": dice.choice(("37,1", "37,2", "37,3")),
            "sat": dice.choice(("96", "97", "98")),
            "ad": dice.choice(("118/76", "124/78", "128/82", "132/84")),
            "ad_high": high,
            "puls": dice.choice(("72", "76", "84", "88")),
            "puls_high": dice.choice(("118", "124", "132")),
            "sugar": "6,7",
            "tsh": "6,4",
            "имя": " ".join(filter(None, (human.name.given, human.name.patronymic))),
            "врач": f"{worker.given} {worker.patronymic}",
        }

    def tell(self, visit: Visit) -> Told:
        """Add every row of the visit but its conclusion and its letters."""
        numbers = self.numbers(visit)
        complaint = self._complaint(visit, numbers)
        row = self._consultation(visit, complaint)
        thread = Thread(self.stage, self.shelf, row, visit.side, visit.post)
        clerk = (self.stage.clinics.accounts[visit.clerk.login], short_worker(visit.clerk))
        who = (clerk[0], "registrar", clerk[1])
        if visit.source == "doctor":
            who = thread.doctor_acts
        thread.write("opened", who, visit.booked_at, starts_at=visit.starts_at.isoformat())
        told = Told(visit, row, None, thread, numbers)
        self._enter(told)
        getattr(self, f"_{visit.state}")(told)
        told.request = self.journal.led_to(visit, row, complaint)
        self._audit(told)
        return told

    def _complaint(self, visit: Visit, numbers: dict[str, str]) -> str:
        sex = visit.side.patient.sex
        fitting = [text for only, text in visit.talk.complaints if only in ("", sex)]
        return said(self.stage.dice.choice(fitting), numbers, visit.side.speaker.sex, sex)

    def _consultation(self, visit: Visit, complaint: str) -> Row:
        is_over = visit.state in ("cancelled", "returned")
        slot = self.stage.slot(visit.post, visit.starts_at, "free" if is_over else "booked")
        return self.stage.add(
            Consultation,
            id=self.stage.dice.key(visit.booked_at),
            number="",
            organisation_id=visit.post.organisation,
            patient_id=visit.side.patient.key,
            doctor_id=visit.post.doctor,
            slot_id=slot,
            starts_at=visit.starts_at,
            ends_at=visit.starts_at + LENGTH,
            complaint=complaint,
            state=visit.state,
            last_seq=0,
            booked_at=visit.booked_at,
            began_at=None,
            ended_at=None,
            reason="",
            ended_by="",
            move_asked_at=None,
            move_wish="",
        )

    def _enter(self, told: Told) -> None:
        """Let the patient's side come in, agree, and say the first words before the time."""
        visit, thread, dice = told.visit, told.thread, self.stage.dice
        if "no_account" in visit.turns:
            return
        latest = min(visit.starts_at, self.stage.now) - timedelta(minutes=4)
        at = visit.booked_at + (latest - visit.booked_at) * dice.uniform(0.1, 0.6)
        if at <= visit.booked_at:
            at = visit.booked_at + timedelta(minutes=1)
        if visit.source == "doctor":
            self.stage.consent(visit.side, visit.post, visit.booked_at, "visit")
        elif self.stage.consent(visit.side, visit.post, at):
            thread.write("consented", thread.patient_says, at, method="esia")
        thread.join(at)
        self._turn(told, at)

    def _turn(self, told: Told, at: datetime) -> None:
        visit, thread, row = told.visit, told.thread, told.row
        if "moved" in visit.turns:
            before = visit.starts_at - timedelta(hours=3)
            who = self.stage.clinics.accounts[visit.clerk.login]
            thread.write(
                "rescheduled", (who, "registrar", short_worker(visit.clerk)), at,
                before=before.isoformat(), starts_at=visit.starts_at.isoformat(),
            )  # fmt: skip
        if "move_asked" in visit.turns:
            row["move_asked_at"] = at + timedelta(minutes=2)
            row["move_wish"] = "Можно ли после 18:00 или в субботу? Раньше не отпускают с работы."
            thread.write("move_asked", thread.patient_says, row["move_asked_at"])

    def _scheduled(self, told: Told) -> None:
        thread, dice = told.thread, self.stage.dice
        first = [line for line in told.visit.talk.lines[:3] if line.who == "patient"]
        if thread.patient and dice.often(0.45):
            for line in first:
                at = thread.at + timedelta(seconds=dice.randint(30, 90))
                if at < self.stage.now:
                    self._say(told, line, at)
        thread.mark(doctor_unread=dice.choice((0, 1, 2)))

    def _in_progress(self, told: Told) -> None:
        self._begin(told)
        played = told.visit.played
        lines = told.visit.talk.lines[:played]
        self._play(told, lines, until=self.stage.now - timedelta(seconds=20))
        for live in ("ringing", "active"):
            if live in told.visit.turns:
                ago = 15 if live == "ringing" else 150
                told.thread.call(live, self.stage.now - timedelta(seconds=ago))
        is_patient_last = lines[-1].who == "patient"
        told.thread.mark(
            doctor_unread=int(is_patient_last), patient_unread=int(not is_patient_last)
        )

    def _concluding(self, told: Told) -> None:
        self._begin(told)
        limit = self.stage.now - timedelta(minutes=3)
        self._play(told, told.visit.talk.lines, until=limit)
        told.thread.write("formed", told.thread.doctor_acts, limit + timedelta(minutes=1))
        told.thread.mark()

    def _completed(self, told: Told) -> None:
        self._begin(told)
        self._play(told, told.visit.talk.lines)
        thread = told.thread
        formed = thread.at + timedelta(seconds=self.stage.dice.randint(100, 420))
        thread.write("formed", thread.doctor_acts, formed)
        thread.write("completed", thread.doctor_acts, formed + timedelta(seconds=40))
        told.row["ended_at"], told.row["ended_by"] = thread.at, "doctor"
        thread.mark()

    def _cancelled(self, told: Told) -> None:
        thread, row = told.thread, told.row
        by_clinic = "by_clinic" in told.visit.turns
        at = thread.at + (min(told.visit.starts_at, self.stage.now) - thread.at) * 0.5
        who, row["ended_by"] = thread.patient_says, "patient"
        reasons: tuple[str, ...] = CANCEL_REASONS
        if by_clinic:
            key = self.stage.clinics.accounts[told.visit.clerk.login]
            who = (key, "registrar", short_worker(told.visit.clerk))
            row["ended_by"] = "registrar"
            reasons = CLINIC_REASONS
        row["reason"] = self.stage.dice.choice(reasons)
        if "consent_withdrawn" in told.visit.turns:
            self._withdraw_consent(told, at)
        thread.write("cancelled", who, at, row["reason"])
        row["ended_at"] = thread.at
        thread.mark()

    def _withdraw_consent(self, told: Told, at: datetime) -> None:
        consent = self.stage.consents.pop(
            (told.visit.side.patient.key, told.visit.post.organisation)
        )
        told.thread.write("consent_withdrawn", told.thread.patient_says, at)
        consent.update(
            state="withdrawn", withdrawn_by=told.visit.side.account, withdrawn_at=told.thread.at
        )
        told.row["reason"] = "Пациент отозвал согласие"

    def _no_show(self, told: Told) -> None:
        thread = told.thread
        at = told.visit.starts_at + timedelta(minutes=self.stage.dice.randint(11, 16))
        thread.write("no_show", thread.doctor_acts, at)
        told.row.update(ended_at=thread.at, ended_by="doctor", reason="Пациент не пришёл")
        thread.mark(patient_unread=1)

    def _returned(self, told: Told) -> None:
        thread = told.thread
        at = thread.at + (min(told.visit.starts_at, self.stage.now) - thread.at) * 0.5
        told.row["reason"] = self.stage.dice.choice(RETURN_REASONS)
        thread.write("returned", thread.doctor_acts, at, told.row["reason"])
        told.row.update(ended_at=thread.at, ended_by="doctor")
        thread.mark(patient_unread=1)

    def _begin(self, told: Told) -> None:
        visit, thread = told.visit, told.thread
        if "handed_over" in visit.turns:
            self._hand_over(told)
        late = timedelta(seconds=self.stage.dice.randint(-60, 200))
        at = visit.began_at or max(visit.starts_at + late, thread.at + timedelta(seconds=5))
        thread.write("begun", thread.doctor_acts, at)
        told.row["began_at"] = thread.at

    def _hand_over(self, told: Told) -> None:
        """The thread began with a colleague of the same speciality, who hands it over."""
        thread, post = told.thread, told.visit.post
        same = [
            one
            for one in self.stage.clinics.posts
            if one.organisation == post.organisation and one.doctor != post.doctor
        ]
        former = min(same, key=lambda one: one.speciality != post.speciality)
        left = thread.at + timedelta(minutes=1)
        since = told.row["booked_at"]
        member = thread.member(former.account, "doctor", former.name, since)
        thread.write(
            "handed_over", (former.account, "doctor", short_post(former)), left,
            "Ухожу на вызов, коллега примет вас вовремя.", to=post.name, doctor=str(post.doctor),
        )  # fmt: skip
        member.update(until=thread.at, delivered_seq=1, read_seq=1)
        thread.doctor["since"] = thread.at

    def _play(self, told: Told, lines: list[Line], until: datetime | None = None) -> None:
        """Say the lines one after another; squeezed so that the last one is before `until`."""
        thread, dice = told.thread, self.stage.dice
        pauses = [dice.uniform(22, 85) for _ in lines]
        room = (until - thread.at).total_seconds() if until else sum(pauses)
        scale = min(1.0, max(room, 1.0) / max(sum(pauses), 1.0))
        for line, pause in zip(lines, pauses, strict=True):
            self._say(told, line, thread.at + timedelta(seconds=max(2, pause * scale)))

    def _say(self, told: Told, line: Line, at: datetime) -> None:
        visit, thread = told.visit, told.thread
        is_doctor = line.who == "doctor"
        doctor_sex = "f" if visit.post.worker.patronymic.endswith("на") else "m"
        speaker = doctor_sex if is_doctor else visit.side.speaker.sex
        text = said(line.text, told.numbers, speaker, visit.side.patient.sex)
        who = thread.doctor_says if is_doctor else thread.patient_says
        if line.kind == "file":
            thread.send(line.thing, line.text, shown(line.thing, line.text, told.numbers), at)
        elif line.kind == "call":
            thread.call(line.thing, at)
        elif line.kind == "ask":
            thread.write("asked", thread.doctor_acts, at, text)
        else:
            thread.write("message", who, at, text)

    def _audit(self, told: Told) -> None:
        row, visit = told.row, told.visit
        common = {"organisation": row["organisation_id"], "patient": row["patient_id"]}
        clerk = self.stage.clinics.accounts[visit.clerk.login]
        self.stage.audit(
            "registrar", clerk, "consultation.book", row["id"], at=row["booked_at"], **common
        )
        for name, at in (("begin", row["began_at"]), ("complete", row["ended_at"])):
            if at and (name != "complete" or visit.state == "completed"):
                self.stage.audit(
                    "doctor", visit.post.account, f"consultation.{name}", row["id"], at=at, **common
                )
