"""Which stories the demo region has: every state of process.md, the special people first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from priyom.demo.journal import Journal
from priyom.demo.slots import LENGTH, Post, near, shift
from priyom.demo.stage import Row, Side, Stage, daytime
from priyom.demo.story import Teller, Told
from priyom.demo.talks import Talk, said, talk_named, talks_of
from priyom.demo.visit import Visit
from priyom.intake.models import Request

SHARES = {
    "completed": 92, "scheduled": 74, "new": 48, "no_show": 13, "cancelled": 16, "declined": 13,
    "withdrawn": 10, "expired": 8, "duplicate": 7, "returned": 5, "concluding": 3, "taken": 3,
}  # fmt: skip
"""Of three hundred requests; a smaller region has at least one of each."""
_NUMBERS = {
    "t": "38,2", "low": "37,2", "ad_high": "158/96", "puls_high": "124",
    "sugar": "6,7", "tsh": "6,4",
}  # fmt: skip
_SOURCES = ("portal", "portal", "portal", "phone", "phone", "desk", "doctor")


@dataclass
class Plot:
    """Tells all stories of a region of `requests` requests."""

    stage: Stage
    teller: Teller
    journal: Journal
    requests: int

    def tell(self) -> list[Told]:
        """Return the told consultations, those of special people first."""
        self.on_duty = [post for post in self.stage.clinics.posts if post.worker.is_on_duty]
        told = [self.teller.tell(visit) for visit in self._now_and_special()]
        for state in ("concluding", "completed", "no_show", "returned", "cancelled", "scheduled"):
            told += [self._other(state, number) for number in range(self._count(state))]
        self._waiting()
        for state in ("declined", "withdrawn", "expired"):
            for _ in range(self._count(state)):
                self._ended(state)
        for _ in range(self._count("duplicate")):
            self._duplicate()
        return told

    def _count(self, state: str) -> int:
        return max(1, SHARES[state] * self.requests // 300)

    def _post(self, login: str) -> Post:
        return next(post for post in self.stage.clinics.posts if post.worker.login == login)

    def _visit(
        self, state: str, side: Side, post: Post, talk: Talk, starts_at: datetime, **more: object
    ) -> Visit:
        dice = self.stage.dice
        latest = min(starts_at, self.stage.now) - timedelta(minutes=25)
        booked = daytime(latest - timedelta(hours=dice.uniform(1, 30)))
        asked = booked - timedelta(minutes=dice.randint(12, 1100))
        source = "portal" if side.relation else dice.choice(_SOURCES)
        clerk = self.stage.clerk(post.worker.clinic)
        visit = Visit(state, side, post, talk, starts_at, booked, asked, clerk, source)
        for name, value in more.items():
            setattr(visit, name, value)
        return visit

    def _now_and_special(self) -> list[Visit]:
        """Talks that go on this minute, one for each doctor on duty, and the special people's."""
        stage, now = self.stage, self.stage.now
        current = max(at for at in near(now) if at <= now - timedelta(minutes=6))
        visits = []
        plays = {"sokolova": ("anna", "smell", 7), "zaytseva": ("misha", "misha", None)}
        for number, post in enumerate(self.on_duty):
            code, name, played = plays.get(post.worker.login, ("", "", 5))
            talk = talk_named(name) if name else stage.dice.choice(talks_of(post.worker.field))
            side = stage.known(code) if code else stage.side(post.worker.field)
            turns = {2: {"handed_over"}, 3: {"active"}, 5: {"ringing"}}.get(number, set())
            visits.append(
                self._visit(
                    "in_progress", side, post, talk, current,
                    played=played, turns=set(turns), source="portal",
                )
            )  # fmt: skip
        sokolova, near_now = self._post("sokolova"), [at for at in near(now) if at > now]
        yesterday = stage.today - timedelta(days=1)
        tomorrow = stage.today + timedelta(days=1)
        visits += [
            self._past(stage.known("anna"), sokolova, "sickleave", 34),
            self._past(stage.known("sergey"), self._post("gromov"), "hand", 1),
            self._past(stage.known("olga"), self._post("kuznetsova"), "thyroid", 12),
            self._visit(
                "scheduled", stage.known("nina"), sokolova, talk_named("ward"), near_now[4],
                source="portal",
            ),
            self._visit(
                "scheduled", stage.known("sergey"), self._post("lapin"), talk_named("ct"),
                stage.time(self._post("lapin"), tomorrow), source="portal",
            ),
            self._visit(
                "scheduled", stage.known("petr"), sokolova, talk_named("vaccine"), near_now[7],
                source="phone", turns={"no_account"},
            ),
        ]  # fmt: skip
        self.yesterday = yesterday
        return visits

    def _past(self, side: Side, post: Post, talk: str, days: int) -> Visit:
        day = self.stage.today - timedelta(days=days)
        at = self.stage.time(post, day)
        while at >= self.stage.now - timedelta(hours=1):
            day -= timedelta(days=1)
            at = self.stage.time(post, day)
        return self._visit("completed", side, post, talk_named(talk), at, source="portal")

    def _other(self, state: str, number: int) -> Told:
        """Tell a story of chance people: ten weeks back, five days ahead."""
        stage, dice, now = self.stage, self.stage.dice, self.stage.now
        post = dice.choice(stage.clinics.posts)
        turns: set[str] = set()
        if state == "concluding":
            post = self.on_duty[number % len(self.on_duty)]
            at = max(when for when in near(now) if when <= now - timedelta(minutes=26))
        elif state in ("scheduled", "cancelled", "returned"):
            at = self._coming(post)
            turns = _turns(state, number)
        else:
            if state == "completed" and number % 40 == 7:
                post, turns = self._post("fedotov"), {"handed_over"}
            at = self._gone(post, number)
        talk = dice.choice(talks_of(post.worker.field))
        visit = self._visit(state, stage.side(post.worker.field), post, talk, at, turns=turns)
        if turns & {"no_account", "handed_over"}:
            visit.source = "phone"
        return self.teller.tell(visit)

    def _coming(self, post: Post) -> datetime:
        stage = self.stage
        soon = [
            at
            for at in shift(post, stage.today)
            if at > stage.now + LENGTH and (post.doctor, at) not in stage.taken
        ]
        if soon and stage.dice.often(0.5):
            return stage.dice.choice(soon)
        return stage.time(post, stage.today + timedelta(days=stage.dice.choice((1, 1, 2, 3, 4))))

    def _gone(self, post: Post, number: int) -> datetime:
        stage = self.stage
        for _ in range(50):
            days = (
                stage.dice.choice((0, 1, 1, 2, 3, 5, 8))
                if number % 3
                else stage.dice.randint(5, 70)
            )
            at = stage.time(post, stage.today - timedelta(days=days))
            if at < stage.now - timedelta(hours=1):
                return at
        return stage.time(post, stage.today - timedelta(days=14))

    def _waiting(self) -> None:
        """The journal as a registrar finds it: from five minutes to two days of waiting."""
        stage, now = self.stage, self.stage.now
        sokolova = self._post("sokolova")
        for code, minutes, name, source in (
            ("galina", 26 * 60, "pressure", "phone"), ("zarina", 32, "smear", "phone"),
            ("olga", 125, "fever_child", "portal"), ("petr", 55, "sickleave", "desk"),
        ):  # fmt: skip
            side = stage.known(code if code != "olga" else "misha")
            post = next(
                one
                for one in stage.clinics.posts
                if one.organisation == sokolova.organisation
                and one.worker.field == talk_named(name).code
            )
            self._new(side, post, talk_named(name), now - timedelta(minutes=minutes), source)
        count = self._count("new")
        for number in range(count):
            post = stage.dice.choice(stage.clinics.posts)
            minutes = 5 + int(2 * 24 * 60 * (number / count) ** 2.4)
            talk = stage.dice.choice(talks_of(post.worker.field))
            source = stage.dice.choice(("portal", "portal", "phone", "desk"))
            row = self._new(
                stage.side(post.worker.field), post, talk, now - timedelta(minutes=minutes), source
            )
            if minutes > 60 and stage.dice.often(0.4):
                kind = stage.dice.choice(("no_answer", "no_answer", "call_back"))
                at = row["asked_at"] + timedelta(minutes=minutes * 0.6)
                self.journal.contact(row, kind, at, stage.clerk(post.worker.clinic))
        self._taken()

    def _taken(self) -> None:
        stage, now = self.stage, self.stage.now
        lapin, orlov = self._post("lapin"), self._post("orlov")
        row = self._new(
            stage.known("li"),
            lapin,
            talk_named("pneumonia"),
            now - timedelta(minutes=100),
            "doctor",
        )
        row["ordered_by_id"] = orlov.doctor
        clerks = {one.login: one for one in stage.clinics.clerks(38)}
        self.journal.take(row, now - timedelta(minutes=4), clerks["smirnova"])
        for number in range(self._count("taken")):
            post = stage.clinics.posts[8 + number * 8 % 16]
            talk = stage.dice.choice(talks_of(post.worker.field))
            row = self._new(
                stage.side(post.worker.field), post, talk, now - timedelta(minutes=70), "portal"
            )
            clerk = stage.clinics.clerks(post.worker.clinic)[number % 2]
            self.journal.take(row, now - timedelta(minutes=1 + number), clerk)

    def _new(self, side: Side, post: Post, talk: Talk, at: datetime, source: str) -> Row:
        stage, sex = self.stage, side.patient.sex
        fitting = [text for only, text in talk.complaints if only in ("", sex)]
        text = said(stage.dice.choice(fitting), _NUMBERS, side.speaker.sex, sex)
        row = self.journal.request(side, post, text, at, source)
        if source == "portal" and stage.dice.often(0.2):
            row["doctor_id"] = post.doctor
        self.journal.wishes(row, stage.now)
        return row

    def _ended(self, state: str) -> Row:
        stage, dice = self.stage, self.stage.dice
        post = dice.choice(stage.clinics.posts)
        days = dice.randint(8, 40) if state == "expired" else dice.randint(1, 20)
        asked = stage.now - timedelta(days=days, minutes=dice.randint(0, 600))
        talk = dice.choice(talks_of(post.worker.field))
        row = self.journal.request(
            stage.side(post.worker.field), post, self._text(talk), asked, "portal"
        )
        self.journal.wishes(row, asked)
        clerk = stage.clerk(post.worker.clinic)
        if state == "expired":
            self.journal.contact(row, "no_answer", asked + timedelta(hours=5), clerk)
            self.journal.contact(row, "no_answer", asked + timedelta(hours=28), clerk)
        gone = timedelta(days=7) if state == "expired" else timedelta(hours=dice.uniform(2, 20))
        self.journal.end(row, state, asked + gone, clerk)
        return row

    def _duplicate(self) -> None:
        """The same person asked twice: by phone and on the portal."""
        stage = self.stage
        first = stage.dice.choice(
            [row for row in stage.rows[Request] if row["state"] == "scheduled"]
        )
        at = first["asked_at"] + timedelta(minutes=stage.dice.randint(10, 200))
        taken = at + timedelta(minutes=20)
        row = dict(first)
        row.update(
            id=stage.dice.key(at), client_key=stage.dice.key(at), source="phone", asked_at=at,
            asked_by=None, state="duplicate", duplicate_of_id=first["id"], consultation_id=None,
            number="", answer_due_at=at + timedelta(hours=24), ordered_by_id=None,
        )  # fmt: skip
        stage.add(Request, **row)
        clerk = stage.clerk(38)
        who = (stage.clinics.accounts[clerk.login], "Ковалёва В. О.")
        self.journal.step(row, "asked", at, who)
        self.journal.step(row, "take", taken, who)
        self.journal.step(row, "mark_duplicate", taken + timedelta(minutes=1), who)

    def _text(self, talk: Talk) -> str:
        return said(talk.complaints[-1][1], _NUMBERS, "f", "f")


def _turns(state: str, number: int) -> set[str]:
    """Return what happens on the way, so that each turn occurs in the smallest region too."""
    if state == "cancelled":
        return {0: {"consent_withdrawn"}, 1: {"by_clinic"}, 5: {"by_clinic"}}.get(number, set())
    if state == "scheduled":
        return {
            0: {"move_asked"},
            1: {"moved"},
            2: {"no_account"},
            9: {"no_account"},
            17: {"move_asked"},
        }.get(number, set())
    return set()
