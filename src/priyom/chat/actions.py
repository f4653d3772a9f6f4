"""Writing without a socket: the same text of SQL as the gateway's, for forms and for scripts."""

from __future__ import annotations

import time
from uuid import UUID

from django.db import connection

from priyom.chat import rules, wire
from priyom.consultations import log
from priyom.consultations.log import Item, Verdict
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
