"""The cast: the same people in every test. Anybody named Глеб or Нина is a stranger.

Анна is a patient, Петя her son; Борис and Дарья consult; Вера and Зоя are registrars, Инна the
head, all of one МО; Нина is a registrar of another МО; Глеб is another patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation, Role
from priyom.consultations.models import Consultation
from priyom.kernel.actor import Actor, ActorKind
from priyom.patients.models import Patient
from priyom.schedule.models import Slot
from priyom.testing import builders


@dataclass(frozen=True)
class Visitor:
    """Somebody on the patient portal: account, own card, and the actor the door makes."""

    account: Account
    card: Patient
    actor: Actor


@dataclass(frozen=True)
class Consultant:
    """A doctor: account, post, and the actor the door makes."""

    account: Account
    doctor: Doctor
    actor: Actor


@dataclass(frozen=True)
class Clerk:
    """A registrar or head: account and the actor the door makes."""

    account: Account
    actor: Actor


@dataclass(frozen=True)
class Cast:
    """Everybody, and the places they work at."""

    clinic: Organisation
    other_clinic: Organisation
    anna: Visitor
    petya: Patient
    boris: Consultant
    darya: Consultant
    vera: Clerk
    zoya: Clerk
    inna: Clerk
    gleb: Visitor
    nina: Clerk

    def consultation(
        self, *, consented: bool = True, at: Slot | None = None, of: Patient | None = None
    ) -> Consultation:
        """Анна's (or `of`'s) booked consultation with Борис, a day ahead or at `at`."""
        card = of or self.anna.card
        if consented:
            builders.consent(card, self.clinic)
        return builders.consultation(self.vera.actor, card, self.boris.doctor, at=at)


def gather() -> Cast:
    """Make everybody; inside a test with a database."""
    clinic = builders.organisation("Поликлиника № 107")
    other = builders.organisation("Поликлиника № 38")
    anna = _visitor(("Иванова", "Анна", "Сергеевна"), date(1986, 4, 12), "f", clinic)
    petya = builders.patient(
        ("Иванов", "Пётр", "Алексеевич"), date(2019, 9, 3), "m", clinic, snils=None
    )
    builders.represent(anna.card, petya)
    return Cast(
        clinic=clinic,
        other_clinic=other,
        anna=anna,
        petya=petya,
        boris=_consultant(("Климов", "Борис", "Андреевич"), clinic),
        darya=_consultant(("Лебедева", "Дарья", "Олеговна"), clinic),
        vera=_clerk(("Смирнова", "Вера", "Николаевна"), clinic, Role.REGISTRAR),
        zoya=_clerk(("Орлова", "Зоя", "Павловна"), clinic, Role.REGISTRAR),
        inna=_clerk(("Громова", "Инна", "Викторовна"), clinic, Role.HEAD),
        gleb=_visitor(("Сомов", "Глеб", "Ильич"), date(1979, 1, 30), "m", clinic),
        nina=_clerk(("Белова", "Нина", "Фёдоровна"), other, Role.REGISTRAR),
    )


def _visitor(name: builders.Name, born: date, sex: str, place: Organisation) -> Visitor:
    card = builders.patient(name, born, sex, place, email=f"{sex}{born:%y}@mail.example")
    person = builders.owner(card)
    return Visitor(person, card, builders.patient_actor(person))


def _consultant(name: builders.Name, place: Organisation) -> Consultant:
    doctor = builders.doctor(name, place)
    actor = builders.staff_actor(ActorKind.DOCTOR, doctor.account, place, doctor)
    return Consultant(doctor.account, doctor, actor)


def _clerk(name: builders.Name, place: Organisation, role: Role) -> Clerk:
    person = builders.staff(name, place, role)
    return Clerk(person, builders.staff_actor(ActorKind(role.value), person, place))
