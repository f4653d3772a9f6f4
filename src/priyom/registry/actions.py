"""Acts on registrations: gather what was signed, send, ask for an answer, send again.

A registration is claimed and committed before the network is touched: nothing is locked while a
registry thinks, and what a worker took along when it died is due again two minutes later.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from priyom.audit.actions import record
from priyom.conclusions.cda.profile import BadProfile
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor
from priyom.registry import channels, queries, rules
from priyom.registry.channels import Answer, Channel, Silent
from priyom.registry.models import Registration
from priyom.registry.rules import (
    ON_THE_WAY,
    REGISTRATION,
    RegistrationAct,
    RegistrationKind,
    RegistrationState,
)

_log = logging.getLogger("priyom.registry")
SEND = "registry.send"
"""Name of the job that sends one document at once (registry.jobs)."""
_ACT = {
    RegistrationState.SENT: RegistrationAct.SEND,
    RegistrationState.ACCEPTED: RegistrationAct.ACCEPT,
    RegistrationState.REFUSED: RegistrationAct.REFUSE,
    RegistrationState.HELD_BACK: RegistrationAct.HOLD_BACK,
}


def gather(since: timedelta = rules.LATELY, limit: int = 500) -> int:
    """Make a registration for each version signed lately, and each withdrawal, that has none.

    Returns how many. Found by their keys: signing and withdrawing know nothing of registries, and
    none is lost or doubled. `since` is how far back to look. Without a registry nothing is made; a
    new one gets the last month.
    """
    if channels.current() is None:
        return 0
    now = clock.now()
    signed = queries.unregistered(now - since, limit)
    made = sum(_wait(*one, RegistrationKind.DOCUMENT, now) for one in signed)
    return made + sum(
        _wait(*one, RegistrationKind.WITHDRAWAL, now) for one in queries.untold(limit)
    )


def send(registration_id: UUID) -> bool:
    """Send what is due, or ask what became of it; True when there is an answer.

    Never raises for what a registry does.
    """
    channel = channels.current()
    row = _claim(registration_id) if channel is not None else None
    if channel is None or row is None:
        return False
    before = RegistrationState(row.state)
    try:
        answer = _asked(channel, row, before)
    except (Silent, OSError, BadProfile) as trouble:
        _log.warning("registration %s, try %s: %s", row.pk, row.attempts, trouble)
        _keep_silence(row, rules.SILENCE if isinstance(trouble, Silent) else rules.UNREADABLE)
        return False
    _keep_answer(row, before, answer)
    return True


def sweep(limit: int = 200) -> int:
    """Send what is due: tries that follow a silence, documents of a worker that died."""
    due = Registration.objects.filter(
        state__in=sorted(ON_THE_WAY), next_attempt_at__lte=clock.now()
    )
    keys = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    return sum(send(key) for key in keys)


def resend(actor: Actor, consultation_id: UUID, registration_id: UUID) -> Registration:
    """The consultant or the head sends a document again that was not taken.

    Raises Refusal: missing for others, conflict when it is on its way or registered.
    """
    queries.readable(actor, consultation_id)
    with transaction.atomic():
        row = queries.locked(consultation_id, registration_id)
        row.state = REGISTRATION.after(RegistrationState(row.state), RegistrationAct.RESEND)
        row.attempts, row.reason = 0, ""
        row.queued_at = row.next_attempt_at = clock.now()
        row.save()
        _record(actor, RegistrationAct.RESEND, row)
        _wake(row)
    return row


def _wake(row: Registration) -> None:
    """Defer the sending in the same transaction: the job is the outbox's bell, not its memory."""
    app.configure_task(SEND).defer(registration_id=str(row.pk))


def _wait(conclusion: UUID, organisation: UUID, kind: RegistrationKind, now: datetime) -> bool:
    """Let it wait for its turn; False when another worker was first."""
    with transaction.atomic():
        row, is_new = Registration.objects.get_or_create(
            conclusion_id=conclusion,
            kind=kind,
            defaults={"organisation_id": organisation, "next_attempt_at": now, "queued_at": now},
        )
        if is_new:
            _wake(row)
    return is_new


def _asked(channel: Channel, row: Registration, before: RegistrationState) -> Answer:
    """Return what comes of one try. Raises Silent, and OSError for a document that was changed."""
    is_withdrawal = row.kind == RegistrationKind.WITHDRAWAL
    if before is RegistrationState.SENT:
        return channel.ask(row.pk, queries.document_of(row).pk if is_withdrawal else None)
    if is_withdrawal:
        return channel.withdraw(queries.withdrawal_of(row))
    if why := queries.not_wanted(row):
        # An earlier try may have arrived, though its answer did not.
        if channel.knows(row.pk):
            return channel.ask(row.pk)
        return Answer(RegistrationState.HELD_BACK, reason=why)
    envelope = queries.envelope_of(row)
    if envelope.obstacle:
        return Answer(RegistrationState.REFUSED, reason=envelope.obstacle)
    return channel.deliver(envelope)


def _claim(registration_id: UUID) -> Registration | None:
    now = clock.now()
    with transaction.atomic():
        row = (
            Registration.objects.select_for_update(skip_locked=True)
            .filter(pk=registration_id, state__in=sorted(ON_THE_WAY), next_attempt_at__lte=now)
            .first()
        )
        if row is None:
            return None
        row.attempts += 1
        row.next_attempt_at = now + rules.CLAIMED_FOR
        row.save(update_fields=["attempts", "next_attempt_at"])
        return row


def _keep_answer(row: Registration, before: RegistrationState, answer: Answer) -> None:
    now = clock.now()
    change: dict[str, Any] = {"reason": answer.reason, "number": answer.number}
    if answer.state is before:
        if rules.is_over(row.queued_at, now):
            _give_up(row, "реестр принял документ, но не ответил")
            return
        change["next_attempt_at"] = now + rules.ASKED_EVERY
    else:
        change["state"] = REGISTRATION.after(before, _ACT[answer.state])
        change["next_attempt_at"] = now + rules.ASKED_EVERY
    if before is RegistrationState.WAITING and answer.state is not RegistrationState.HELD_BACK:
        change["sent_at"] = now
    if answer.state is not RegistrationState.SENT:
        change["answered_at"] = now
    with transaction.atomic():
        if Registration.objects.filter(pk=row.pk, state=before).update(**change) and (
            "state" in change
        ):
            row.state = change["state"]
            _record(SYSTEM, _ACT[answer.state], row)


def _keep_silence(row: Registration, reason: str) -> None:
    now = clock.now()
    if rules.is_over(row.queued_at, now):
        _give_up(row, reason)
        return
    later = now + rules.pause_before(row.attempts)
    Registration.objects.filter(pk=row.pk, state=row.state).update(
        next_attempt_at=later, reason=reason
    )


def _give_up(row: Registration, reason: str) -> None:
    before = RegistrationState(row.state)
    state = REGISTRATION.after(before, RegistrationAct.GIVE_UP)
    with transaction.atomic():
        if Registration.objects.filter(pk=row.pk, state=before).update(state=state, reason=reason):
            row.state = state
            _record(SYSTEM, RegistrationAct.GIVE_UP, row)


def _record(actor: Actor, act: RegistrationAct, row: Registration) -> None:
    detail = {"state": str(row.state), "attempts": row.attempts}
    record(actor, f"registration.{act}", ("registration", row.pk), detail=detail)
