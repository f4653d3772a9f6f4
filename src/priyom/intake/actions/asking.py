"""The three entrances of the journal: the portal, a call, a doctor during a visit."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, connection, transaction

from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.consultations.actions import give_consent
from priyom.consultations.rules import patient_died
from priyom.files.models import Blob
from priyom.intake import rules
from priyom.intake.access import is_patient_side
from priyom.intake.actions.booking import Choice, book
from priyom.intake.actions.journal import take
from priyom.intake.actions.living import audit, due, is_doctor, lock, step
from priyom.intake.actions.proving import prove
from priyom.intake.actions.telling import drop
from priyom.intake.choices import News
from priyom.intake.models import Interval, Request
from priyom.intake.rules import RequestData, RequestState
from priyom.kernel import clock, typed
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.names import absent_or
from priyom.kernel.phones import normal_phone
from priyom.kernel.present import present
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.patients.queries import may_act_for, staying


def ask(actor: Actor, data: RequestData) -> Request:
    """The patient or a representative asks on the portal; the same form again is the first one.

    Raises Refusal: missing when the card is not the account's to act for, invalid with its field.
    """
    if actor.kind is not ActorKind.PATIENT or data.patient is None:
        raise missing("Карта")
    may_act_for(actor, data.patient)
    rules.check(data, clock.now())
    return _once(actor, data, source="portal")[0]


def enter(
    actor: Actor,
    data: RequestData,
    *,
    at_desk: bool = False,
    has_agreed: bool = False,
    choice: Choice | None = None,
) -> Request:
    """A registrar types what a caller (or a person at the desk) says, and has the request at once.

    `has_agreed`: the caller has said yes to being booked and kept. With a choice it is booked in
    the same transaction. Raises Refusal: missing for who is no registrar of this МО, invalid with
    its field, and as `book` does.
    """
    if actor.kind is not ActorKind.REGISTRAR or data.organisation != actor.organisation:
        raise missing("Журнал")
    if not (data.patient or all(data.name[:2])):
        raise Refusal(
            "request.name",
            RefusalKind.INVALID,
            "Впишите фамилию и имя того, кому нужна консультация.",
            field="family",
        )
    rules.check(data, clock.now(), by_phone=True)
    with transaction.atomic():
        request, is_new = _once(actor, data, source="desk" if at_desk else "phone")
        if is_new and has_agreed:
            step(actor, request, "agreed")
        if request.state == RequestState.NEW:
            request = take(actor, request.pk)
        if choice is not None and request.state == RequestState.TAKEN:
            made = book(actor, request.pk, choice)
            drop(actor, request, made, news=News.BOOKED)  # heard on the line
            request.refresh_from_db()
        return request


def order(
    actor: Actor,
    data: RequestData,
    *,
    has_consent: bool = False,
    slot_id: UUID | None = None,
    code: str = "",
    scan: Blob | None = None,
) -> Request:
    """A treating doctor orders with the patient's consent taken on the spot.

    The consent is the doctor's word for it, the `code` that `send_code` sent to the patient, or
    the `scan` of the signed sheet.
    With a slot the consultation is booked at once, in the same transaction; without one a
    registrar picks the time. Raises Refusal: missing for strangers, invalid without the consent
    or with a code that does not fit.
    """
    if not is_doctor(actor) or data.organisation != actor.organisation or data.patient is None:
        raise missing("Карта")
    if not (has_consent or code or scan):
        raise Refusal(
            "request.consent",
            RefusalKind.INVALID,
            "Прочитайте пациенту согласие и отметьте, что он согласен.",
            field="has_consent",
        )
    rules.check(data, clock.now(), by_phone=True)
    known = _known(actor, data.client_key)
    if known is not None:
        return known
    if code:
        prove(actor, data.patient, code)
    with transaction.atomic():
        request, is_new = _once(actor, data, source="doctor")
        if not is_new:
            return request
        card = request.patient_id or data.patient
        method = "code" if code else "paper" if scan else "visit"
        give_consent(actor, card, data.organisation, method=method, scan=scan)
        if slot_id is not None:
            book(actor, request.pk, Choice(card, slot_id, data.email))
            request.refresh_from_db()
        return request


def add(actor: Actor, request_id: UUID, text: str) -> None:
    """The patient adds to a request that waits; the registrar and the doctor will see it.

    Raises Refusal: missing for strangers, conflict when it does not wait any more.
    """
    nothing = Refusal("request.add", RefusalKind.INVALID, "Напишите, что добавить.", field="text")
    said = typed.required(text, nothing)
    with transaction.atomic():
        request = lock(request_id)
        if not is_patient_side(actor, request):
            raise missing("Заявка")
        if request.state not in (RequestState.NEW, RequestState.TAKEN):
            raise Refusal(
                "request.add.closed",
                RefusalKind.CONFLICT,
                "Заявка уже не ждёт. Если есть запись, напишите врачу в чат.",
            )
        step(actor, request, "added", said)
        audit(actor, request, "add")


def _once(actor: Actor, data: RequestData, source: str) -> tuple[Request, bool]:
    """Return the request of this form and whether it was made now."""
    known = _known(actor, data.client_key)
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            return _make(actor, data, source), True
    except IntegrityError:
        # The same form, sent twice in the same instant.
        known = _known(actor, data.client_key)
        if known is None:
            raise
        return known, False


def _known(actor: Actor, client_key: UUID) -> Request | None:
    """Return the request that this form has made; another person's form is nobody's."""
    known = Request.objects.filter(client_key=client_key).first()
    if known is None:
        return None
    if not known.steps.filter(kind="asked", by=actor.account).exists():
        raise missing("Заявка")
    return known


def _make(actor: Actor, data: RequestData, source: str) -> Request:
    organisation = Organisation.objects.filter(pk=data.organisation).first()
    if organisation is None:
        raise missing("Поликлиника")
    speciality, doctor = _whom(data)
    card = staying(data.patient) if data.patient else None
    if data.patient and card is None:
        raise missing("Карта")
    if card and card.died_on:
        raise patient_died()
    name = (card.family, card.given, card.patronymic) if card else data.name
    now = clock.now()
    request = Request.objects.create(
        number=_next_number(),
        organisation=organisation,
        source=source,
        for_whom=data.for_whom,
        asked_by=actor.account if actor.kind is ActorKind.PATIENT else None,
        asked_by_name=data.asked_by_name or (actor.name if source == "portal" else ""),
        patient=card,
        family=name[0].strip(),
        given=name[1].strip(),
        patronymic=absent_or(name[2]),
        birth_on=card.birth_on if card else data.birth_on,
        phone=normal_phone(data.phone) or "",
        email=data.email.strip(),
        complaint=data.complaint.strip(),
        speciality=speciality,
        doctor=doctor,
        ordered_by_id=actor.doctor if source == "doctor" else None,
        answer_due_at=due(organisation, now),
        asked_at=now,
        client_key=data.client_key,
    )
    Interval.objects.bulk_create(
        Interval(request=request, starts_at=start, ends_at=end) for start, end in data.intervals
    )
    step(actor, request, "asked")
    audit(actor, request, "ask")
    return request


def _whom(data: RequestData) -> tuple[Speciality, Doctor | None]:
    """Return the speciality and the named doctor, who must work in this МО."""
    here = Doctor.objects.select_related("speciality").filter(
        organisation_id=data.organisation, works=True
    )
    if data.doctor is not None:
        doctor = here.filter(pk=data.doctor).first()
        if doctor is None:
            raise rules.wrong_speciality()
        return doctor.speciality, doctor
    anyone = here.filter(speciality_id=data.speciality).first()
    if anyone is None:
        raise rules.wrong_speciality()
    return anyone.speciality, None


def _next_number() -> str:
    """Return the number that people say aloud: day and month in Moscow and a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('intake_number')")
        (number,) = present(cursor.fetchone(), by="a sequence always answers")
    return f"{clock.today():%m%d}-{number}"
