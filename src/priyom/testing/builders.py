"""Makers of what tests need to exist; a consultation is booked by the real acts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation, Post, Role, Speciality
from priyom.consultations import actions as consultations
from priyom.consultations.models import Consent, Consultation
from priyom.consultations.rules import CONSENT_VERSION
from priyom.intake.models import Request
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.snils import control, enp_check_digit
from priyom.kernel.words import full_name, short_name
from priyom.patients.models import Owner, Patient, Representative
from priyom.schedule import actions as schedule
from priyom.schedule.models import Slot

Name = tuple[str, str, str]
"""Family, given name, patronymic."""
_NUMBERS = iter(range(100_000_000, 999_999_999, 1_001))


def snils() -> str:
    """Return a new СНИЛС with the right control digits."""
    nine = str(next(_NUMBERS))
    return nine + control(nine)


def enp() -> str:
    """Return a new ЕНП with the right check digit."""
    fifteen = f"787456{next(_NUMBERS)}"
    return fifteen + enp_check_digit(fifteen)


def account(name: Name, *, trusted: bool = False, **more: Any) -> Account:
    """Return a new account: ЕСИА's when `trusted`, else one with a login for the desk."""
    key = uuid7().hex[-8:]
    way_in = {"esia_oid": str(next(_NUMBERS))} if trusted else {"login": f"u-{key}"}
    family, given, patronymic = name
    return Account.objects.create(
        family=family, given=given, patronymic=patronymic, is_trusted=trusted, **way_in, **more
    )


def organisation(short_name: str = "Поликлиника № 1") -> Organisation:
    """Return a new МО."""
    key = next(_NUMBERS)
    return Organisation.objects.create(
        name=f"СПб ГБУЗ «{short_name}»",
        short_name=short_name,
        oid=f"1.2.643.5.1.13.13.12.2.78.{key}",
        ogrn="1027800000007",
        address="Санкт-Петербург, ул. Хасанская, 8",
        phone="+78125550000",
        licence="ЛО41-01148-78/00000000",
    )


def speciality(name: str = "терапия", doctor: str = "терапевт") -> Speciality:
    """Return the speciality of that name, made at the first call."""
    made, _ = Speciality.objects.get_or_create(
        name=name, defaults={"code": name[:16], "doctor": doctor, "to_doctor": f"{doctor}у"}
    )
    return made


def doctor(name: Name, place: Organisation, kind: Speciality | None = None) -> Doctor:
    """Return a new consultant of the МО with account and post."""
    family, given, patronymic = name
    person = account(name)
    made = Doctor.objects.create(
        organisation=place,
        speciality=kind or speciality(),
        account=person,
        family=family,
        given=given,
        patronymic=patronymic,
        snils=snils(),
        email=f"{person.login}@clinic.example",
    )
    Post.objects.create(account=person, organisation=place, role=Role.DOCTOR, doctor=made)
    return made


def staff(name: Name, place: Organisation, role: Role) -> Account:
    """Return the account of a new registrar or head of the МО."""
    person = account(name)
    Post.objects.create(account=person, organisation=place, role=role)
    return person


def staff_actor(
    kind: ActorKind, person: Account, place: Organisation, post: Doctor | None = None
) -> Actor:
    """Return the actor that the door makes of a member of staff."""
    return Actor(
        kind=kind,
        account=person.pk,
        name=short_name(person.family, person.given, person.patronymic),
        organisation=place.pk,
        doctor=post.pk if post else None,
        session=uuid7(),
    )


def patient_actor(person: Account) -> Actor:
    """Return the actor that the door makes of somebody on the patient portal."""
    name = full_name(person.family, person.given, person.patronymic)
    return Actor(kind=ActorKind.PATIENT, account=person.pk, name=name, session=uuid7())


def patient(name: Name, born: date, sex: str, place: Organisation, **more: Any) -> Patient:
    """Return a new card of the index, with valid numbers."""
    family, given, patronymic = name
    numbers = {"snils": snils(), "enp": enp()} | more
    return Patient.objects.create(
        family=family,
        given=given,
        patronymic=patronymic,
        birth_on=born,
        sex=sex,
        attached_to=place,
        **numbers,
    )


def owner(card: Patient) -> Account:
    """Return the ЕСИА account whose own card this is, linked to it."""
    person = account(
        (card.family, card.given, card.patronymic),
        trusted=True,
        snils=card.snils or "",
        birth_on=card.birth_on,
        email=card.email,
    )
    Owner.objects.create(account=person, patient=card)
    return person


def represent(person: Patient, child: Patient, relation: str = "mother") -> Representative:
    """Let one card's person stand for the other's."""
    paper = {"proof": "court"} if relation == "guardian" else {"proof": "birth"}
    return Representative.objects.create(
        patient=child, person=person, relation=relation, number="II-АК 123456", **paper
    )


def slots(of: Doctor, count: int = 1, *, begins: datetime | None = None) -> list[Slot]:
    """Return `count` free times of 20 minutes, of one day in Moscow; by default tomorrow's.

    They begin at the hour that is about a day ahead, or earlier where midnight would part them.
    """
    first = begins or _about_a_day_ahead(timedelta(minutes=20 * count))
    return [
        Slot.objects.create(
            organisation=of.organisation,
            doctor=of,
            speciality=of.speciality,
            starts_at=first + timedelta(minutes=20 * place),
            ends_at=first + timedelta(minutes=20 * place + 20),
        )
        for place in range(count)
    ]


def _about_a_day_ahead(length: timedelta) -> datetime:
    hour = words.moscow(clock.now() + timedelta(hours=24)).replace(
        minute=0, second=0, microsecond=0
    )
    midnight = hour.replace(hour=0) + timedelta(days=1)
    while hour + length > midnight:
        hour -= timedelta(hours=1)
    return hour.astimezone(UTC)


def request(
    card: Patient, place: Organisation, *, asked_by: UUID | None = None, **more: Any
) -> Request:
    """Return a new request of the journal, from the portal when `asked_by` is somebody."""
    now = clock.now()
    told = {
        "number": f"Т-{next(_NUMBERS)}",
        "organisation": place,
        "source": "portal" if asked_by else "phone",
        "for_whom": "self",
        "asked_by": asked_by,
        "patient": card,
        "family": card.family,
        "given": card.given,
        "patronymic": card.patronymic,
        "birth_on": card.birth_on,
        "phone": "+79215550000",
        "email": card.email,
        "complaint": "Третий день болит горло, температура 37,8.",
        "speciality": speciality(),
        "asked_at": now,
        "answer_due_at": now + timedelta(hours=place.answer_hours),
    }
    return Request.objects.create(**(told | more))


def consent(card: Patient, place: Organisation) -> Consent:
    """Return the consent of this patient to this МО, given on paper."""
    return Consent.objects.create(
        patient=card,
        organisation=place,
        text_version=CONSENT_VERSION,
        method="paper",
        given_by=uuid7(),
        given_by_name=str(card),
        given_at=clock.now(),
    )


def consultation(
    registrar: Actor, card: Patient, with_doctor: Doctor, *, at: Slot | None = None
) -> Consultation:
    """Book one by the real acts, at `at` or at a new time."""
    slot = schedule.book(registrar, (at or slots(with_doctor)[0]).pk)
    return consultations.book(
        registrar,
        consultations.Booking(
            organisation=with_doctor.organisation_id,
            patient=card.pk,
            doctor=with_doctor.pk,
            slot=slot.pk,
            complaint="Третий день болит горло, температура 37,8.",
        ),
    )
