"""Writing without a socket: the same text of SQL as the gateway's, for forms and for scripts."""

from __future__ import annotations

import time
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.transaction import atomic

from priyom.audit.actions import record
from priyom.chat import phrases, rules, wire
from priyom.chat.models import Phrase
from priyom.chat.queries import own_phrase, owner_of
from priyom.clinics.models import Organisation
from priyom.consultations import log
from priyom.consultations.log import Item, Verdict
from priyom.kernel import clock
from priyom.kernel.actor import Actor

_CODES = {Verdict.CLOSED: "closed", Verdict.STRANGER: "stranger", Verdict.BAD: "bad"}


def say(
    actor: Actor,
    consultation_id: UUID,
    message: wire.Send,
) -> int:
    """Write one message of a member and return its number; repeating its key changes nothing.

    Raises Refusal: missing for strangers, conflict when the chat is closed, invalid for what
    cannot be taken. Must not stand in a transaction that has locked the consultation.
    """
    item = Item(
        consultation_id,
        actor.account,
        message.key,
        message.kind,
        message.body,
        message.refers,
        message.files,
        session=actor.session,
        address=actor.address,
    )
    for _ in range(rules.BUSY_TRIES):
        with connection.cursor() as cursor:
            answer = log.append(cursor, [item], "web")[0]
        if answer.verdict is not Verdict.BUSY:
            break
        time.sleep(rules.BUSY_PAUSE)
    if answer.seq is None:
        raise rules.refusal(_CODES.get(answer.verdict, "later"))
    return answer.seq


def seen(actor: Actor, consultation_id: UUID, read: int) -> None:
    """Note that a member's page without a socket shows everything up to `read`; never back."""
    with connection.cursor() as cursor:
        log.mark(cursor, consultation_id, actor.account, delivered=read, read=read)


def add_phrase(actor: Actor, title: str, body: str) -> UUID:
    """Keep a new phrase: a doctor's own, a head's for the whole organisation; return its key.

    Raises Refusal: invalid words or fields, conflict when the title is taken or there are too
    many, missing for who has no phrases.
    """
    title, body = phrases.checked(title, body)
    organisation, doctor = owner_of(actor)
    with atomic():
        # One owner adds one at a time, so that the count holds.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation)
        own = Phrase.objects.filter(organisation=organisation, doctor=doctor)
        if own.count() >= phrases.MOST:
            raise phrases.too_many()
        if own.filter(title=title).exists():
            raise phrases.taken()
        made = Phrase.objects.create(
            organisation_id=organisation,
            doctor_id=doctor,
            title=title,
            body=body,
            changed_at=clock.now(),
        )
        record(actor, "phrase.add", ("phrase", made.pk))
    return made.pk


def edit_phrase(actor: Actor, phrase_id: UUID, title: str, body: str) -> None:
    """Change an own phrase; another's is missing. Raises Refusal as `add_phrase`."""
    title, body = phrases.checked(title, body)
    try:
        with atomic():
            row = own_phrase(actor, phrase_id)
            row.title, row.body, row.changed_at = title, body, clock.now()
            row.save(update_fields=["title", "body", "changed_at"])
            record(actor, "phrase.edit", ("phrase", row.pk))
    except IntegrityError as error:
        raise phrases.taken() from error


def remove_phrase(actor: Actor, phrase_id: UUID) -> None:
    """Delete an own phrase; another's, or one that is gone, is missing."""
    with atomic():
        row = own_phrase(actor, phrase_id)
        record(actor, "phrase.remove", ("phrase", row.pk))
        row.delete()
