"""Small makers for tests of times: a doctor with slots, a registrar of the same МО."""

from __future__ import annotations

from datetime import timedelta

from priyom.clinics.models import Doctor, Speciality
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.schedule.models import Slot
from priyom.testing import builders


def doctor_with_times(
    count: int,
    *,
    beside: Doctor | None = None,
    begins_in: timedelta = timedelta(hours=20),
    speciality: Speciality | None = None,
) -> tuple[Doctor, list[Slot]]:
    """Return a doctor and `count` free slots of 20 minutes; `beside` shares МО and speciality."""
    place = beside.organisation if beside else builders.organisation()
    kind = beside.speciality if beside else speciality
    doctor = builders.doctor(("Соколова", "Ирина", "Павловна"), place, kind)
    first = (clock.now() + begins_in).replace(minute=0, second=0, microsecond=0)
    return doctor, builders.slots(doctor, count, begins=first)


def registrar_of(doctor: Doctor) -> Actor:
    """Return a registrar of the doctor's МО, a new person each time."""
    return Actor(
        ActorKind.REGISTRAR,
        uuid7(),
        name="Смирнова Елена Игоревна",
        organisation=doctor.organisation_id,
    )


def head_of(doctor: Doctor) -> Actor:
    """Return a head of the doctor's МО, a new person each time."""
    return Actor(
        ActorKind.HEAD, uuid7(), name="Громова Инна Викторовна", organisation=doctor.organisation_id
    )
