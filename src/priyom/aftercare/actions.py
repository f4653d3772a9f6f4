"""The patient's acts after the consultation: «понятно», a question, a link and its end."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from priyom.accounts.ticket import hash_of
from priyom.aftercare import queries, rules
from priyom.aftercare.models import Mark, Share
from priyom.audit.actions import record
from priyom.clinics.queries import doctor
from priyom.conclusions import queries as conclusions
from priyom.conclusions.pages import Papers
from priyom.conclusions.rules import ConclusionState
from priyom.consultations.models import Consultation
from priyom.consultations.queries import find
from priyom.intake import wishes
from priyom.intake.actions import ask
from priyom.intake.models import Request
from priyom.intake.rules import RequestData
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for


def understand(actor: Actor, consultation_id: UUID, place: str) -> None:
    """The patient has understood an advice; a question that was asked before stays asked.

    Raises Refusal (missing) for strangers and for an advice that is not in force.
    """
    _, papers = _theirs(actor, consultation_id)
    queries.advice_at(papers, place)
    with transaction.atomic():
        Mark.objects.update_or_create(
            conclusion_id=papers.current.id,
            place=place,
            defaults={"is_clear": True, "by": actor.account, "at": clock.now()},
        )
        record(actor, "advice.understand", ("conclusion", papers.current.id))


def ask_about(
    actor: Actor, consultation_id: UUID, place: str, question: str, reach: tuple[UUID, str, str]
) -> Request:
    """The patient has not: a short request of its own goes to the registry, for the same doctor.

    The closed chat gets nothing. `reach` is the form's key (a double tap asks once), phone and
    e-mail. Raises Refusal: missing as `understand`, invalid with its field.
    """
    consultation, papers = _theirs(actor, consultation_id)
    advice = queries.advice_at(papers, place)
    if len(question.strip()) < 3:  # as of any request: a word at least
        raise rules.no_question()
    consultant = doctor(consultation.doctor_id)
    if consultant is None:
        raise missing("Врач")
    key, phone, email = reach
    person = may_act_for(actor, consultation.patient_id)
    data = RequestData(
        client_key=key,
        organisation=consultation.organisation_id,
        speciality=consultant.speciality_id,
        doctor=consultant.pk if consultant.works else None,
        complaint=rules.complaint(papers.current.number, advice.text, question.strip()),
        phone=phone,
        email=email,
        patient=person.id,
        intervals=(wishes.interval_of(wishes.ANY, clock.now()),),
        for_whom={"": "self", "guardian": "ward"}.get(person.relation, "child"),
    )
    with transaction.atomic():
        request = ask(actor, data)
        Mark.objects.update_or_create(
            conclusion_id=papers.current.id,
            place=place,
            defaults={
                "is_clear": False, "by": actor.account, "at": clock.now(), "request": request,
            },
        )  # fmt: skip
        record(
            actor, "advice.ask", ("conclusion", papers.current.id), detail={"of": request.pk.hex}
        )
    return request


def share(actor: Actor, consultation_id: UUID, days: int) -> Share:
    """Make a link that shows the signed conclusion once, within `days` (rules.LIVES).

    Raises Refusal: missing for strangers, unsigned and withdrawn ones; too_many.
    """
    consultation, _ = _theirs(actor, consultation_id)
    now = clock.now()
    with transaction.atomic():
        # One after the other: two taps at the limit make no link too many.
        Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        if Share.objects.filter(consultation=consultation).count() >= rules.MOST_LINKS:
            raise rules.too_many_links()
        row = Share.objects.create(
            consultation=consultation,
            made_by=actor.account,
            made_at=now,
            expires_at=now + timedelta(days=days if days in rules.LIVES else rules.LIVES[0]),
        )
        record(actor, "share.make", ("share", row.pk), patient=consultation.patient_id)
    return row


def revoke(actor: Actor, consultation_id: UUID, share_id: UUID) -> None:
    """Take a link back: it opens no more, and who has opened it reads no more.

    Raises Refusal (missing) for strangers.
    """
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Ссылка")
    consultation = find(actor, consultation_id)
    with transaction.atomic():
        links = Share.objects.filter(pk=share_id, consultation=consultation)
        if not links.exists():
            raise missing("Ссылка")
        links.filter(revoked_at=None).update(revoked_at=clock.now())
        record(actor, "share.revoke", ("share", share_id), patient=consultation.patient_id)


def open_link(actor: Actor, share_id: UUID, seal: str) -> str:
    """Open a link for good; return the secret that this browser keeps to read on for an hour.

    Of many who open at once one reads. Raises Refusal (missing) for a link that is over.
    """
    row = queries.living(share_id, seal)
    secret, now = secrets.token_urlsafe(24), clock.now()
    with transaction.atomic():
        taken = Share.objects.filter(
            pk=row.pk, opened_at=None, revoked_at=None, expires_at__gt=now
        ).update(opened_at=now, reader=hash_of(secret))
        if not taken:
            raise rules.link_is_over()
        patient = row.consultation.patient_id
        record(actor, "share.open", ("share", row.pk), patient=patient, result="read")
    return secret


def _theirs(actor: Actor, consultation_id: UUID) -> tuple[Consultation, Papers]:
    """Return a consultation of the patient's side with a conclusion in force; else missing."""
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Заключение")
    consultation = find(actor, consultation_id)
    papers = conclusions.of_consultation(actor, consultation_id)
    if papers is None or papers.current.state != ConclusionState.SIGNED:
        raise missing("Заключение")
    return consultation, papers
