"""A request in plain words for its patient: what was, what is now, what follows and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from priyom.intake.models import Request, Step
from priyom.intake.pages import Mark, Usual, Wait
from priyom.intake.rules import RequestState
from priyom.kernel import words

_S = RequestState
_TOLD = {
    "asked": "Заявка принята",
    "added": "Вы дополнили заявку",
    "called": "Мы поговорили с вами по телефону",
    "no_answer": "Звонили вам и не дозвонились",
    "call_back": "Договорились перезвонить",
    "book": "Время назначено",
    "offered": "Предложили вам время",
    "accept": "Вы выбрали время",
    "declined_offer": "Предложенное время не подошло",
    "send_back": "Запись отменена, назначим другое время",
    "decline": "Регистратура не смогла назначить консультацию",
    "withdraw": "Вы отозвали заявку",
    "mark_duplicate": "Это повтор другой вашей заявки",
    "merge": "Объединили с другой вашей заявкой",
    "merged": "Добавили к ней другую вашу заявку",
    "expire": "Мы не дозвонились, и отмеченное время прошло",
    "reopen": "Заявку вернули в работу",
}
_STOPPED = frozenset({"decline", "withdraw", "mark_duplicate", "merge", "expire"})
_WITH_NOTE = frozenset({"added", "offered", "send_back", "decline", "withdraw", "reopen"})
_NEXT = {
    _S.DECLINED: "Можно позвонить в регистратуру или оставить новую заявку.",
    _S.WITHDRAWN: "Если консультация понадобится, оставьте новую заявку.",
    _S.DUPLICATE: "Ответ придёт по первой заявке.",
    _S.EXPIRED: "Оставьте новую заявку и отметьте другое время, или позвоните в регистратуру.",
}


def marks(request: Request, steps: Sequence[Step], now: datetime, wait: Wait) -> tuple[Mark, ...]:
    """Return the timeline of a request from its steps, oldest first; `now` is aware."""
    today = words.moscow(now).date()
    told = [step for step in steps if step.kind in _TOLD]
    done = [
        Mark(
            "stopped" if step.kind in _STOPPED else "done",
            _TOLD[step.kind],
            _note(step, today),
            step.at,
        )
        for step in told
    ]
    return (*done, *_ahead(request, now, wait))


def _ahead(request: Request, now: datetime, wait: Wait) -> tuple[Mark, ...]:
    state = _S(request.state)
    if state in _NEXT:
        return (Mark("next", _NEXT[state]),)
    if state is _S.SCHEDULED:
        return ()
    is_taken = state is _S.TAKEN
    place = "" if is_taken else f"{_place(wait.ahead)}\n"
    present = Mark(
        "now",
        "Регистратура смотрит заявку" if is_taken else "Заявка у регистратуры",
        f"{place}это ещё не запись: время пока не назначено",
    )
    return present, Mark("next", "Назначат врача и время", _by_when(request, now, wait.usual))


def _place(ahead: int) -> str:
    """Return «перед вами 3 заявки» of the queue in which the registry takes them."""
    if not ahead:
        return "вы первые в очереди"
    return f"перед вами в очереди {words.plural(ahead, 'заявка', 'заявки', 'заявок')}"


def _by_when(request: Request, now: datetime, usual: Usual | None) -> str:
    """Return the promised term, what is usual lately, and no more than is true."""
    today, waited = words.moscow(now).date(), now - request.asked_at
    if request.answer_due_at <= now:
        late = words.when(request.answer_due_at, today)
        return f"обещали ответить не позже: {late}\nНе успели, простите. Можно позвонить"
    term = f"не позже: {words.promise(request.answer_due_at, today)}"
    if usual is None:
        return term
    if usual.most is not None and waited > usual.most:
        return f"{term}\nВаша заявка ждёт дольше обычного: можно позвонить"
    return f"{term}\n{usual.text}"


def _note(step: Step, today: date) -> str:
    if step.kind == "call_back" and step.call_back_at:
        return f"позвоним {words.promise(step.call_back_at, today)}"
    return step.note if step.kind in _WITH_NOTE else ""
