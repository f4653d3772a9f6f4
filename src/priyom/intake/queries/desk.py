"""One request on the registrar's desk: itself, the chosen card, what came of it, its letters."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from priyom.audit.actions import record, record_read
from priyom.consultations.models import Consent, Consultation
from priyom.consultations.queries import doctors_who_saw
from priyom.consultations.rules import ConsentState
from priyom.intake import offers
from priyom.intake.models import Request, Step
from priyom.intake.news import link_key
from priyom.intake.pages import (
    Address,
    Booked,
    Chosen,
    FailedLetter,
    Ordered,
    Past,
    RequestPage,
    Twin,
    Wanted,
)
from priyom.intake.queries.cautions import cautions, kind_of, misfits
from priyom.intake.queries.sight import WAITING, find, keep_read, visible_to
from priyom.intake.rules import CONTACTS, REQUEST, RequestState, Urgency
from priyom.intake.wishes import say_all
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.mailboxes import suggest
from priyom.kernel.refusal import missing
from priyom.notices import queries as notices
from priyom.patients.models import Patient
from priyom.patients.queries import staying

MOST_TWINS = 5
_PAST_WORDS = {
    "asked": "Заявка принята",
    "added": "Пациент дополнил",
    "take": "Взята в работу",
    "address": "Послана ссылка, чтобы подтвердить почту",
    "release": "Возвращена в журнал",
    "time_out": "Вернулась сама: регистратор молчал",
    "book": "Записан",
    "agreed": "Согласие на запись и хранение данных дано устно",
    "identified": "Личность сверена тремя вопросами",
    "offered": "Предложено время",
    "accept": "Принял предложенное время",
    "declined_offer": "Предложенное время не подошло",
    "urgent": "Отмечена срочной",
    "planned": "Отмечена плановой",
    "decline": "Отказ",
    "withdraw": "Отозвана пациентом",
    "mark_duplicate": "Повтор",
    "merge": "Объединена с другой",
    "merged": "Добавлена другая заявка",
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
        organisation=row.organisation_id,
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


def twins(actor: Actor, request: RequestPage) -> tuple[Twin, ...]:
    """Return the other waiting requests of this person in the actor's МО; the read is recorded."""
    same = Q(family__iexact=request.family, given__iexact=request.given, birth_on=request.birth_on)
    if request.patient:
        same |= Q(patient_id=request.patient) | Q(patient__merged_into=request.patient)
    if request.phone:
        same |= Q(phone=request.phone)
    rows = visible_to(actor).filter(same, state__in=WAITING).exclude(pk=request.id)
    found = list(rows.order_by("asked_at")[:MOST_TWINS])
    if found:
        keep_read(actor, "request.twins", found)
    return tuple(_twin(actor, row) for row in found)


def _twin(actor: Actor, row: Request) -> Twin:
    return Twin(
        id=row.pk,
        number=row.number,
        name=words.short_name(row.family, row.given, row.patronymic),
        speciality=row.speciality.doctor,
        source=row.get_source_display(),
        complaint=" ".join(row.complaint.split())[:120],
        asked_at=row.asked_at,
        holder=row.taken_by_name if row.taken_by != actor.account else "",
    )


def chosen(actor: Actor, wanted: Wanted, patient: UUID, speciality: UUID | None = None) -> Chosen:
    """Return the card a registrar chose for a request or a call, with its cautions; recorded.

    `speciality` is whose times are looked at, when it is not the asked one.
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Карта")
    card = staying(patient)
    if card is None:
        raise missing("Карта")
    record_read(actor, "patients.choose", ("patient", card.pk), card.pk)
    kind = kind_of(speciality or wanted.speciality)
    return Chosen(
        id=card.pk,
        name=str(card),
        birth_on=card.birth_on,
        email=card.email,
        email_confirmed_at=card.email_confirmed_at,
        is_temporary=card.is_temporary,
        cautions=tuple(cautions(actor, wanted, card, kind)),
        misfits=misfits(wanted, card, kind),
        known_to=doctors_who_saw(actor, card.pk),
    )


def address(actor: Actor, request_id: UUID | None, patient: UUID | None, email: str) -> Address:
    """Return what is known of an address that stands in the field, of a request's or a call's.

    It tells of nothing but the typed address, so the page may ask again and again.
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Заявка")
    row, plain = find(actor, request_id) if request_id else None, email.strip()
    card = Patient.objects.filter(pk=patient).first() if patient else None
    is_confirmed = bool(card and card.email_confirmed_at and card.email.lower() == plain.lower())
    return Address(
        text=plain,
        meant=suggest(plain),
        confirmed_at=card.email_confirmed_at if card and is_confirmed else None,
        is_asked=bool(row and plain and not is_confirmed)
        and bool(row and notices.known_keys([link_key(row.pk, plain)])),
        may_ask=bool(row and card and not is_confirmed),
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
