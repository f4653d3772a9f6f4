"""What an actor may do with a consultation now, and if not, why and from when."""

from __future__ import annotations

from datetime import datetime, timedelta

from priyom.consultations.models import Consultation
from priyom.consultations.rules import (
    BEGIN_EARLIEST,
    CONSULTATION,
    NO_SHOW_AFTER,
    ConsultationAct,
    ConsultationState,
    too_late,
)
from priyom.kernel.offer import Offer, Style
from priyom.kernel.refusal import Refusal

_A = ConsultationAct
_WORDS: dict[ConsultationAct, tuple[str, Style, bool]] = {
    _A.BEGIN: ("Начать консультацию", "main", False),
    _A.ASK: ("Запросить данные", "quiet", True),
    _A.HAND_OVER: ("Передать коллеге", "quiet", True),
    _A.MISS: ("Пациент не пришёл", "quiet", False),
    _A.RETURN: ("Вернуть в журнал", "danger", True),
    _A.CANCEL: ("Отменить", "danger", True),
    _A.ASK_TO_MOVE: ("Попросить другое время", "quiet", True),
    _A.RESCHEDULE: ("Перенести", "quiet", False),
}
DOCTOR = (_A.BEGIN, _A.ASK, _A.HAND_OVER, _A.MISS, _A.RETURN)
PATIENT = (_A.RESCHEDULE, _A.ASK_TO_MOVE, _A.CANCEL)
REGISTRY = (_A.RESCHEDULE, _A.CANCEL)


def offers(
    consultation: Consultation,
    acts: tuple[ConsultationAct, ...],
    *,
    root: str,
    now: datetime,
    has_consent: bool,
) -> tuple[Offer, ...]:
    """Return the offers of those acts that the state knows; `root` is the page's address.

    An act that the state does not allow at all is left out; one that only waits says until when.
    """
    state = ConsultationState(consultation.state)
    possible = CONSULTATION.allowed(state)
    made = []
    for act in acts:
        if act not in possible:
            continue
        label, style, needs_reason = _WORDS[act]
        reason, start = _not_yet(consultation, act, now, has_consent)
        if acts is PATIENT:
            late = late_for_patient(consultation, now)
            reason = late.text if late else reason
        made.append(
            Offer(
                act=f"consultation.{act}",
                label=label,
                allowed=not reason,
                reason=reason,
                available_from=start,
                url=f"{root}{act}/",
                style=style,
                needs_reason=needs_reason,
            )
        )
    return tuple(made)


def late_for_patient(consultation: Consultation, now: datetime) -> Refusal | None:
    """Return why the patient's side changes it by itself no more; None while it may.

    The organisation sets how long before the time (`change_hours`); a talk that has begun is
    ended at any time.
    """
    until = change_until(consultation)
    if consultation.state != ConsultationState.SCHEDULED or now < until:
        return None
    return too_late(until, consultation.organisation.phone)


def change_until(consultation: Consultation) -> datetime:
    """Return until when the patient's side moves and cancels it without the registry."""
    return consultation.starts_at - timedelta(hours=consultation.organisation.change_hours)


def _not_yet(
    consultation: Consultation, act: ConsultationAct, now: datetime, has_consent: bool
) -> tuple[str, datetime | None]:
    """Return why the act must wait ("" when it need not) and from which instant it may be done."""
    if act is _A.BEGIN:
        earliest = consultation.starts_at - BEGIN_EARLIEST
        if now < earliest:
            return "Ещё рано.", earliest
        if not has_consent:
            return "Пациент ещё не подписал согласие.", None
    if act is _A.MISS and now < consultation.starts_at + NO_SHOW_AFTER:
        return "Подождите пациента.", consultation.starts_at + NO_SHOW_AFTER
    return "", None
