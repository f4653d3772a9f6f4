"""What an actor may do with a request now: pages show it and never guess."""

from __future__ import annotations

from priyom.intake.models import Request
from priyom.intake.rules import REQUEST, RequestAct, RequestState
from priyom.kernel.actor import Actor
from priyom.kernel.offer import Offer

_A = RequestAct


def for_patient(request: Request) -> tuple[Offer, ...]:
    """Return what the patient's side may do with a request of its own."""
    if _A.WITHDRAW not in REQUEST.allowed(RequestState(request.state)):
        return ()
    root = f"/my/requests/{request.pk}/"
    return (
        Offer("request.add", "Дополнить", True, url=f"{root}add/"),
        Offer(
            "request.withdraw", "Отозвать заявку", True, url=f"{root}withdraw/", needs_reason=True
        ),
    )


def for_registrar(actor: Actor, request: Request) -> tuple[Offer, ...]:
    """Return what a registrar of the request's МО may do with it."""
    state = RequestState(request.state)
    root = f"/desk/requests/{request.pk}/"
    if state is RequestState.NEW:
        return (Offer("request.take", "Взять в работу", True, url=f"{root}take/", style="main"),)
    if state is RequestState.TAKEN and request.taken_by != actor.account:
        reason = f"Сейчас заявку ведёт {request.taken_by_name}"
        return (Offer("request.take", "Взять в работу", False, reason, request.taken_until),)
    if state is RequestState.TAKEN:
        return (
            Offer("request.book", "Записать", True, url=f"{root}book/", style="main"),
            Offer("request.release", "Вернуть в журнал", True, url=f"{root}release/"),
            Offer(
                "request.decline", "Отказать", True,
                url=f"{root}decline/", style="danger", needs_reason=True,
            ),
            Offer("request.merge", "Объединить", True, url=f"{root}merge/"),
            Offer(
                "request.mark_duplicate", "Это повтор", True,
                url=f"{root}mark_duplicate/", needs_reason=True,
            ),
            Offer("request.contact", "Записать звонок", True, url=f"{root}contact/"),
        )  # fmt: skip
    if _A.REOPEN in REQUEST.allowed(state):
        return (
            Offer(
                "request.reopen", "Вернуть в работу", True, url=f"{root}reopen/", needs_reason=True
            ),
        )
    return ()
