"""People who wait for a time of one doctor, each with an account, a card and an e-mail."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from priyom.intake import actions
from priyom.intake.models import Proposal, Request
from priyom.intake.tests.builders import card, data, patient
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.schedule.models import Slot
from priyom.schedule.tests.builders import doctor_with_times, registrar_of


class Queue:
    """A doctor with times, a registrar, and people who asked one after another for those days."""

    def __init__(self, people: int = 3, times: int = 2) -> None:
        self.doctor, self.slots = doctor_with_times(times)
        self.vera = registrar_of(self.doctor)
        self.people: list[Actor] = []
        self.requests: list[UUID] = []
        for number in range(people):
            self.join(number)

    def join(self, number: int) -> Request:
        """Let somebody ask for a time of the first day."""
        who, own = patient(card("Петрова", "Ольга", born=1950 + number))
        begin = self.slots[0].starts_at - timedelta(hours=1)
        wish = ((begin, begin + timedelta(hours=10)),)
        made = actions.ask(who, data(self.doctor, own, intervals=wish))
        asked_at = clock.now() - timedelta(hours=100 - number)
        Request.objects.filter(pk=made.pk).update(asked_at=asked_at)
        self.people.append(who)
        self.requests.append(made.pk)
        return made

    def propose(self, person: int, time: int = 0) -> Proposal:
        """Let Vera offer a time to one of the people."""
        return actions.propose(self.vera, self.requests[person], self.slots[time].pk)

    def run_out(self, proposal: Proposal) -> None:
        """Let the time of an offer be over, by both clocks."""
        past = clock.now() - timedelta(minutes=1)
        Proposal.objects.filter(pk=proposal.pk).update(expires_at=past)
        Slot.objects.filter(held_by=proposal.pk).update(held_until=past)

    def slot(self, time: int = 0) -> Slot:
        """Return a time as it stands."""
        return Slot.objects.get(pk=self.slots[time].pk)

    def open(self) -> Proposal | None:
        """Return the offer of the first time that waits for an answer."""
        return Proposal.objects.filter(slot=self.slots[0], state="offered").first()
