"""One request on the registrar's desk: itself, the chosen card, what came of it, its letters."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from priyom.audit.actions import record, record_read
from priyom.consultations.models import Consent, Consultation
from priyom.consultations.queries import doctors_who_saw
from priyom.consultations.rules import LIVE, ConsentState
from priyom.intake import offers
from priyom.intake.models import Request, Step
from priyom.intake.pages import Booked, Chosen, FailedLetter, Ordered, Past, RequestPage
from priyom.intake.queries.sight import WAITING, find, keep_read, visible_to
from priyom.intake.rules import CONTACTS, REQUEST, RequestState, Urgency
from priyom.intake.wishes import say_all
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.notices import queries as notices
from priyom.patients.models import Patient
from priyom.patients.queries import Typed, staying

_PAST_WORDS = {
    "asked": "Заявка принята",
    "added": "Пациент дополнил",
    "take": "Взята в работу",
    "release": "Возвращена в журнал",
    "time_out": "Вернулась сама: регистратор молчал",
    "book": "Записан",
    "offered": "Предложено время",
    "accept": "Принял предложенное время",
    "declined_offer": "Предложенное время не подошло",
    "urgent": "Отмечена срочной",
    "planned": "Отмечена плановой",
    "decline": "Отказ",
    "withdraw": "Отозвана пациентом",
    "mark_duplicate": "Повтор",
    "expire": "Срок вышел",
    "reopen": "Вернули в работу",
    "send_back": "Вернулась после отмены записи",
} | {str(kind): label for kind, label in CONTACTS.items()}


def page(actor: Actor, request_id: UUID) -> RequestPage:
    """Return one request for a registrar of its МО; strangers get missing, the read is recorded."""
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Заявка")
    row = find(actor, request_id)
    record(actor, "request.open", ("request", row.pk), patient=row.patient_id, result="read")
    today = clock.today()
    wishes = [(one.starts_at, one.ends_at) for one in row.intervals.all()]
    return RequestPage(
        id=row.pk,
        number=row.number,
        state=row.state,
        label=REQUEST.labels[RequestState(row.state)],
        source=row.get_source_display(),
        for_whom=row.for_whom,
        asked_by_name=row.asked_by_name,
        asked_at=row.asked_at,
        answer_due_at=row.answer_due_at,
        patient=row.patient.merged_into_id or row.patient_id if row.patient else None,
        family=row.family,
        given=row.given,
        patronymic=row.patronymic,
        birth_on=row.birth_on,
        phone=row.phone,
        email=row.email,
        complaint=row.complaint,
        speciality=row.speciality_id,
        speciality_name=row.speciality.doctor,
        doctor=row.doctor_id,
        doctor_name=str(row.doctor) if row.doctor else "",
        ordered_by=str(row.ordered_by) if row.ordered_by else "",
        is_urgent=row.urgency == Urgency.URGENT,
        wishes=say_all(wishes, today),
        wished=tuple(wishes),
        is_mine=row.state == RequestState.TAKEN and row.taken_by == actor.account,
        holder=row.taken_by_name,
        taken_until=row.taken_until,
        reason=row.reason,
        consultation=row.consultation_id,
        duplicate_of=row.duplicate_of.number if row.duplicate_of else "",
        history=tuple(_past(step) for step in row.steps.order_by("at", "pk")),
        offers=offers.for_registrar(actor, row),
    )


def typed(request: RequestPage) -> Typed:
    """Return what the request says about the person, for the search to compare cards with."""
    return Typed(request.family, request.given, request.patronymic, request.birth_on, request.phone)


def chosen(actor: Actor, request: RequestPage, patient: UUID) -> Chosen:
    """Return the card a registrar chose for a request, with what to beware of; recorded."""
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Карта")
    card = staying(patient)
    if card is None:
        raise missing("Карта")
    record_read(actor, "patients.choose", ("patient", card.pk), card.pk)
    return Chosen(
        id=card.pk,
        name=str(card),
        birth_on=card.birth_on,
        email=card.email,
        email_confirmed_at=card.email_confirmed_at,
        is_temporary=card.is_temporary,
        warnings=tuple(_warnings(actor, request, card)),
        known_to=doctors_who_saw(actor, card.pk),
    )


def booked(actor: Actor, request: RequestPage) -> Booked | None:
    """Return the consultation that came of a request of the actor's МО."""
    if request.consultation is None:
        return None
    row = (
        Consultation.objects.select_related("patient", "doctor__speciality", "request")
        .filter(pk=request.consultation, organisation_id=actor.workplace)
        .first()
    )
    if row is None:
        return None
    return Booked(
        id=row.pk,
        number=row.number,
        patient=str(row.patient),
        doctor=f"{row.doctor}, {row.doctor.speciality.doctor}",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        email=request.email,
    )


def failed_letters(actor: Actor) -> tuple[FailedLetter, ...]:
    """Return the letters of the actor's МО that did not arrive and whom to call; recorded."""
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Письма")
    letters = notices.failed(actor)
    about = [letter.about for letter in letters]
    rows = visible_to(actor).filter(Q(pk__in=about) | Q(consultation_id__in=about))
    known: dict[UUID, Request] = {}
    for row in rows:
        known[row.pk] = row
        if row.consultation_id:
            known[row.consultation_id] = row
    if known:
        keep_read(actor, "request.letters", list(known.values()))
    return tuple(_failed(letter, known.get(letter.about)) for letter in letters)


def _failed(letter: notices.NoticeView, row: Request | None) -> FailedLetter:
    is_patients = row is not None and letter.to == row.email
    return FailedLetter(
        id=letter.id,
        to=letter.to,
        subject=letter.subject,
        failure=letter.failure,
        queued_at=letter.queued_at,
        name=words.full_name(row.family, row.given, row.patronymic) if row and is_patients else "",
        phone=row.phone if row and is_patients else "",
        url=f"/desk/requests/{row.pk}/" if row else "",
    )


def _past(step: Step) -> Past:
    return Past(
        at=step.at,
        by=step.by_name,
        what=_PAST_WORDS.get(step.kind, step.kind),
        note=step.note,
        call_back_at=step.call_back_at,
    )


def _warnings(actor: Actor, request: RequestPage, card: Patient) -> list[str]:
    found = []
    today = clock.today()
    of_person = Q(patient=card) | Q(patient__merged_into=card)
    for other in (
        Consultation.objects.select_related("doctor__speciality")
        .filter(of_person, organisation_id=actor.workplace, state__in=sorted(LIVE))
        .order_by("starts_at")[:3]
    ):
        found.append(
            f"Уже назначена консультация: {other.doctor.speciality.doctor}, "
            f"{words.promise(other.starts_at, today)}."
        )
    twin = visible_to(actor).filter(of_person, state__in=WAITING).exclude(pk=request.id).first()
    if twin is not None:
        found.append(
            f"Есть другая заявка этого пациента: № {twin.number}, {twin.speciality.doctor}."
        )
    if request.phone and card.phone and request.phone != card.phone:
        found.append("В карте другой телефон. Сверьте дату рождения и адрес вслух.")
    if request.birth_on and request.birth_on != card.birth_on:
        found.append(
            f"В карте другая дата рождения: {words.numeric(card.birth_on)}. Это другой человек?"
        )
    if card.died_on:
        found.append(f"В карте отмечена смерть: {words.numeric(card.died_on)}. Та ли это карта?")
    if card.is_temporary:
        found.append("Карта временная: чат откроется после сверки с документом.")
    if request.speciality_name and words.years(card.birth_on, today) < 18:
        found.append("Пациент несовершеннолетний: в кабинет войдёт законный представитель.")
    return found


def for_order(actor: Actor, patient: UUID) -> Ordered:
    """Return whom a doctor orders for, anybody of the index found by the search; recorded."""
    if actor.kind is not ActorKind.DOCTOR:
        raise missing("Карта")
    card = staying(patient)
    if card is None:
        raise missing("Карта")
    record_read(actor, "request.order_page", ("patient", card.pk), card.pk)
    given = Consent.objects.filter(
        patient=card, organisation_id=actor.workplace, state=ConsentState.GIVEN
    )
    return Ordered(card.pk, str(card), card.birth_on, card.phone, card.email, given.exists())
