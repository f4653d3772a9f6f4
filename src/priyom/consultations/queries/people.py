"""How pages name a patient and a consultant."""

from __future__ import annotations

from priyom.consultations.models import Consultation
from priyom.consultations.pages import Person, Specialist
from priyom.kernel import clock, words
from priyom.patients.models import Patient


def person_of(patient: Patient) -> Person:
    """Return a card as pages name it."""
    return Person(
        id=patient.pk,
        full_name=str(patient),
        short_name=words.short_name(patient.family, patient.given, patient.patronymic),
        birth_on=patient.birth_on,
        sex=patient.get_sex_display(),
        age=words.years(patient.birth_on, clock.today()),
        is_dead=patient.is_dead,
    )


def specialist_of(row: Consultation) -> Specialist:
    """Return the consultant as pages name one."""
    doctor = row.doctor
    return Specialist(
        id=doctor.pk,
        full_name=str(doctor),
        short_name=words.short_name(doctor.family, doctor.given, doctor.patronymic),
        speciality=doctor.speciality.doctor,
        organisation=row.organisation.short_name,
    )
