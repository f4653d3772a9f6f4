"""A request in plain words for its patient: what was, what is now, what follows and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from priyom.intake.models import Request, Step
from priyom.intake.pages import Mark
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
    "expire": "Мы не дозвонились, и отмеченное время прошло",
    "reopen": "Заявку вернули в работу",
}
_STOPPED = frozenset({"decline", "withdraw", "mark_duplicate", "expire"})
_WITH_NOTE = frozenset({"added", "offered", "send_back", "decline", "withdraw", "reopen"})
_NEXT = {
    _S.DECLINED: "Можно позвонить в регистратуру или оставить новую заявку.",
    _S.WITHDRAWN: "Если консультация понадобится, оставьте новую заявку.",
    _S.DUPLICATE: "Ответ придёт по первой заявке.",
    _S.EXPIRED: "Оставьте новую заявку и отметьте другое время, или позвоните в регистратуру.",
}


def marks(request: Request, steps: Sequence[Step], today: date) -> tuple[Mark, ...]:
    """Return the timeline of a request from its steps, oldest first."""
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
    return (*done, *_ahead(request, today))


def _ahead(request: Request, today: date) -> tuple[Mark, ...]:
    state = _S(request.state)
    if state in _NEXT:
        return (Mark("next", _NEXT[state]),)
    if state is _S.SCHEDULED:
        return ()
    due = words.promise(request.answer_due_at, today)
    is_taken = state is _S.TAKEN
    now = Mark(
        "now",
        "Регистратура смотрит заявку" if is_taken else "Заявка у регистратуры",
        "это ещё не запись: время пока не назначено",
    )
    return now, Mark("next", "Назначат врача и время", f"не позже: {due}")


def _note(step: Step, today: date) -> str:
    if step.kind == "call_back" and step.call_back_at:
        return f"позвоним {words.promise(step.call_back_at, today)}"
    return step.note if step.kind in _WITH_NOTE else ""
