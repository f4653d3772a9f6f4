"""Small makers for tests of requests: cards with accounts, requests in the wished state."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from priyom.clinics.models import Doctor
from priyom.intake import actions
from priyom.intake.models import Request
from priyom.intake.rules import RequestData
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.workdays import Hours
from priyom.patients.models import Patient
from priyom.schedule.models import Slot
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing import builders

COMPLAINT = "Третий день температура 38,4 и сухой кашель"


def card(family: str = "Иванова", given: str = "Анна", *, born: int = 1984) -> Patient:
    """Return a card of the index."""
    return builders.patient(
        (family, given, "Сергеевна"),
        date(born, 3, 12),
        "f",
        builders.organisation(),
        phone="+79215551020",
        email="anna@example.ru",
    )


def patient(of: Patient | None = None) -> tuple[Actor, Patient]:
    """Return somebody signed in on the portal and the own card."""
    own = of or card()
    return builders.patient_actor(builders.owner(own)), own


def child_of(mother: Patient) -> Patient:
    """Return the card of a child whose mother acts for it."""
    child = card("Иванова", "Мария", born=clock.today().year - 6)
    builders.represent(mother, child)
    return child


def doctor_actor(doctor: Doctor) -> Actor:
    """Return the doctor at work."""
    return Actor(
        ActorKind.DOCTOR,
        doctor.account_id,
        name=str(doctor),
        organisation=doctor.organisation_id,
        doctor=doctor.pk,
    )


def data(doctor: Doctor, who: Patient | None = None, /, **changes: Any) -> RequestData:
    """Return what a person asks of the doctor's speciality."""
    tomorrow = clock.now() + timedelta(days=1)
    values: dict[str, Any] = {
        "client_key": uuid7(),
        "organisation": doctor.organisation_id,
        "speciality": doctor.speciality_id,
        "complaint": COMPLAINT,
        "phone": "921 555-10-20",
        "email": "anna@example.ru",
        "patient": who.pk if who else None,
        "intervals": ((tomorrow, tomorrow + timedelta(hours=4)),),
    }
    return RequestData(**(values | changes))


def working_day_after(instant: datetime) -> datetime:
    """Return by when a new МО answers: twelve hours of its work, which lasts from 8 to 20."""
    return Hours(time(8), time(20)).later(instant, timedelta(hours=12))


class Scene:
    """A doctor with times, a registrar, a patient with an account and a new request."""

    def __init__(self, times: int = 4) -> None:
        self.doctor: Doctor
        self.slots: list[Slot]
        self.doctor, self.slots = doctor_with_times(times)
        self.vera = registrar_of(self.doctor)
        self.anna, self.card = patient()
        self.request = actions.ask(self.anna, data(self.doctor, self.card))

    def colleague(self) -> Actor:
        """Return another registrar of the same МО."""
        return registrar_of(self.doctor)

    def taken(self) -> Request:
        """Let Vera take the request."""
        return actions.take(self.vera, self.request.pk)

    def booked(self, slot: int = 0) -> UUID:
        """Let Vera take and book; return the consultation's key."""
        self.taken()
        choice = actions.Choice(self.card.pk, self.slots[slot].pk, "anna@example.ru")
        return actions.book(self.vera, self.request.pk, choice).pk

    def now(self) -> Request:
        """Return the request as it stands."""
        return Request.objects.get(pk=self.request.pk)

    def strangers(self) -> list[Actor]:
        """Return those for whom the request does not exist."""
        other, _ = doctor_with_times(0)
        gleb, _ = patient(card("Петров", "Глеб"))
        return [gleb, registrar_of(other), doctor_actor(other), doctor_actor(self.doctor)]
