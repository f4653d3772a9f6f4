"""What a registrar must know before a card is booked: mismatches and the codes of domain.md 2.8."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import Q

from priyom.clinics.models import Speciality
from priyom.clinics.queries import specialities
from priyom.consultations.models import Consultation
from priyom.consultations.rules import LIVE
from priyom.intake.pages import Caution, Question, Wanted, Way
from priyom.intake.rules import GROWN_UP, misfit, mismatch
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor
from priyom.kernel.phones import show_phone
from priyom.patients.models import Patient

QUESTIONS = 3
WAYS = 3
"""So many other specialities are named when one does not fit."""


def cautions(
    actor: Actor, wanted: Wanted, card: Patient, speciality: Speciality | None
) -> Iterator[Caution]:
    """Yield what to beware of with this card for this request, the gravest first."""
    today = clock.today()
    differs = differing(wanted, card)
    if differs:
        text = f"В заявке и в карте разные: {', '.join(differs)}. Спросите, тот ли это человек."
        yield Caution("mismatch", "bad", text, questions=tuple(_questions(card))[:QUESTIONS])
    elif not wanted.family:
        text = "По телефону человека не видно: спросите и сверьте с картой."
        yield Caution("identify", "warn", text, questions=tuple(_questions(card))[:QUESTIONS])
    if card.died_on:
        text = f"В карте отмечена смерть {words.day(card.died_on, today)}. Откройте карту."
        yield Caution("dead", "bad", text, ways=(Way("Открыть карту", _page_of(card)),))
    yield from _booked(actor, card, speciality, today)
    if card.attached_to_id != actor.workplace:
        yield _unattached(card)
    if wanted.phone and card.phone and wanted.phone != card.phone:
        text = "В карте другой телефон. Уточните, по какому звонить."
        yield Caution("phone", "warn", text)
    if card.is_temporary:
        text = "Карта временная: чат откроется после сверки с документом."
        yield Caution("temporary", "warn", text, ways=(Way("Открыть карту", _page_of(card)),))
    if words.years(card.birth_on, today) < GROWN_UP:
        text = "Пациент несовершеннолетний: в кабинет войдёт законный представитель."
        yield Caution("child", "warn", text)


def misfits(wanted: Wanted, card: Patient, speciality: Speciality | None) -> tuple[Caution, ...]:
    """Return why this doctor is not for this patient (codes 33 and 34), with who is instead."""
    today = clock.today()
    why = misfit(speciality, card.sex, card.birth_on, today) if speciality else ""
    if not why:
        return ()
    fitting = [
        one
        for one in specialities(wanted.organisation)
        if not misfit(one, card.sex, card.birth_on, today)
    ]
    is_child = words.years(card.birth_on, today) < GROWN_UP
    # For a child its own doctors, for an adult the therapist come first.
    fitting.sort(key=lambda one: (one.is_for_children != is_child, one.code != THERAPY, one.name))
    ways = tuple(Way(one.doctor.capitalize(), str(one.pk)) for one in fitting[:WAYS])
    return (Caution("profile", "bad", why, ways=ways),)


THERAPY = "49"
"""Code of the speciality whose doctor sees everybody first."""


def differing(wanted: Wanted, card: Patient) -> tuple[str, ...]:
    """Return in Russian what makes the request and the card two people."""
    asked = (wanted.family, wanted.given, wanted.birth_on)
    return mismatch(asked, (card.family, card.given, card.birth_on))


def _booked(
    actor: Actor, card: Patient, speciality: Speciality | None, today: date
) -> Iterator[Caution]:
    rows = Consultation.objects.select_related("doctor__speciality").filter(
        Q(patient=card) | Q(patient__merged_into=card),
        organisation_id=actor.workplace,
        state__in=sorted(LIVE),
    )
    for other in rows.order_by("starts_at")[:3]:
        kind, when = other.doctor.speciality, words.promise(other.starts_at, today)
        way = (Way("Открыть ту запись: перенести или отменить", f"/desk/booked/{other.pk}/"),)
        if speciality and kind.pk == speciality.pk:
            text = f"Уже есть запись к {kind.to_doctor}: {when}. Нужна ли вторая?"
            yield Caution("booked", "bad", text, ways=way)
        else:
            yield Caution("booked", "warn", f"Есть запись: {kind.doctor}, {when}.", ways=way)


def _unattached(card: Patient) -> Caution:
    place = card.attached_to
    if place is None:
        text = "Карта ни к какой поликлинике не прикреплена. Спросите полис и прикрепление."
        return Caution("unattached", "warn", text)
    text = (
        f"Пациент прикреплён к другой поликлинике: {place.short_name}, "
        f"{show_phone(place.phone)}. Записать можно, очный приём ему ближе там."
    )
    return Caution("unattached", "warn", text)


def _questions(card: Patient) -> Iterator[Question]:
    """Yield what only the card's owner knows, with the end of the right answer."""
    if card.enp:
        yield Question("Последние четыре цифры полиса?", card.enp[-4:])
    if card.snils:
        yield Question("Последние три цифры СНИЛС?", card.snils[-3:])
    if card.address:
        yield Question("Улица и дом по карте?", card.address)
    if card.document:
        yield Question("Последние три цифры паспорта?", card.document[-3:])
    if card.phone:
        yield Question("Последние две цифры телефона в карте?", card.phone[-2:])
    yield Question("Дата рождения?", words.numeric(card.birth_on))
    yield Question("Фамилия, имя и отчество полностью?", str(card))
    yield Question("Пол по карте?", card.get_sex_display())


def _page_of(card: Patient) -> str:
    return f"/desk/patients/{card.pk}/"


def kind_of(key: UUID) -> Speciality | None:
    """Return a speciality by its key."""
    return Speciality.objects.filter(pk=key).first()
