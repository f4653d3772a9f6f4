"""Small makers for tests of times: a doctor with slots, a registrar of the same МО."""

from __future__ import annotations

from datetime import timedelta

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.schedule.models import Slot


def organisation() -> Organisation:
    """Return a new polyclinic."""
    key = uuid7().hex[-6:]
    return Organisation.objects.create(
        name=f"Городская поликлиника {key}",
        short_name=f"Поликлиника {key}",
        oid=f"1.2.643.{key}",
        address="ул. Хасанская, 8",
        phone="+78125550000",
        licence="ЛО-78",
    )


def doctor_with_times(
    count: int,
    *,
    beside: Doctor | None = None,
    begins_in: timedelta = timedelta(hours=20),
) -> tuple[Doctor, list[Slot]]:
    """Return a doctor and `count` free slots of 20 minutes; `beside` shares МО and speciality."""
    key = uuid7().hex[-8:]
    doctor = Doctor.objects.create(
        organisation=beside.organisation if beside else organisation(),
        speciality=beside.speciality
        if beside
        else Speciality.objects.create(
            code=key, name="терапия", doctor="терапевт", to_doctor="терапевту"
        ),
        account=Account.objects.create(login=f"doctor-{key}", family="Соколова", given="Ирина"),
        family="Соколова",
        given="Ирина",
        patronymic="Павловна",
        email="sokolova@clinic.example",
    )
    first = (clock.now() + begins_in).replace(minute=0, second=0, microsecond=0)
    slots = [
        Slot.objects.create(
            organisation=doctor.organisation,
            doctor=doctor,
            starts_at=first + timedelta(minutes=20 * at),
            ends_at=first + timedelta(minutes=20 * at + 20),
        )
        for at in range(count)
    ]
    return doctor, slots


def registrar_of(doctor: Doctor) -> Actor:
    """Return a registrar of the doctor's МО, a new person each time."""
    return Actor(
        ActorKind.REGISTRAR, uuid7(), name="Смирнова Е.", organisation=doctor.organisation_id
    )
