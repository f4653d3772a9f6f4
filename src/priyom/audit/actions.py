"""The one way into the audit trail; a failed insert fails the act or the page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from priyom.audit.models import Event
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind


def record(
    actor: Actor,
    action: str,
    subject: tuple[str, object],
    *,
    patient: UUID | None = None,
    result: str = "done",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write that `actor` did `action` (`room.act`) to `subject` (kind, id), in this transaction.

    `detail` holds ids, states and reasons' codes, never medical words. `result` is done, read
    or refused.
    """
    kind, key = subject
    Event.objects.create(
        at=clock.now(),
        organisation=actor.organisation,
        actor_kind=actor.kind,
        account=actor.account,
        session=actor.session,
        # The same as the log's own function writes: on the patient's side, whose card it is about.
        acted_for=patient if actor.kind is ActorKind.PATIENT else None,
        action=action,
        subject_kind=kind,
        subject=str(key),
        patient=patient,
        result=result,
        request_id=actor.request_id,
        address=actor.address or None,
        detail=detail or {},
    )


def record_read(actor: Actor, action: str, subject: tuple[str, object], patient: UUID) -> None:
    """Write that a patient's data is about to be shown; called by the query that fetched it."""
    record(actor, action, subject, patient=patient, result="read")
