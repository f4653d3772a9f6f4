"""Where nobody can answer there is no text box: why, since when, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from priyom.consultations.rules import OPEN_CHAT, ConsultationState
from priyom.kernel import words
from priyom.kernel.actor import ActorKind

_NEW = ("Новая заявка", "/my/requests/new/")


@dataclass(frozen=True, slots=True)
class Closed:
    """What stands in the composer's place.

    `head` is a few words for the strip above, `why` says since when, `instead` what to do, `label`
    and `url` are its button, `phone` (E.164, may be "") the registry's.
    """

    head: str
    why: str
    instead: str
    label: str = ""
    url: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the words are made of; `since` is the instant from which nobody can write."""

    id: UUID
    patient: UUID
    state: ConsultationState
    side: str
    since: datetime
    ended_by: str
    phone: str
    today: date

    @property
    def when(self) -> str:
        """«сегодня, 14:52 (МСК)»."""
        return words.promise(self.since, self.today)


def closed(facts: Facts, *, has_consent: bool) -> Closed | None:
    """Return why `side` (patient or doctor) cannot write now; None for who can."""
    if facts.state in OPEN_CHAT:
        if has_consent:
            return None
        return _unread(facts) if facts.side == "doctor" else _unsigned(facts)
    table = _DOCTOR if facts.side == "doctor" else _PATIENT
    return table[facts.state](facts)


def _unread(facts: Facts) -> Closed:
    return Closed(
        "Ждём согласие пациента",
        f"Пациент ещё не подписал согласие, ждём с записи: {facts.when}.",
        "Прочитать и ответить он пока не может. Подпишет при входе в чат, напомнит регистратура.",
        phone=facts.phone,
    )


def _unsigned(facts: Facts) -> Closed:
    return Closed(
        "Нужно согласие",
        f"Чат ждёт вашего согласия с записи: {facts.when}.",
        "Прочитайте и примите его, это одна страница.",
        "Прочитать согласие",
        f"/my/consultations/{facts.id}/",
    )


def _signing(facts: Facts) -> Closed:
    return Closed(
        "Врач подписывает заключение",
        f"Врач подписывает заключение, чат остановлен {facts.when}.",
        "Заключение появится здесь. Если ждать нельзя, позвоните в регистратуру.",
        phone=facts.phone,
    )


def _signed(facts: Facts) -> Closed:
    return Closed(
        "Консультация завершена",
        f"Консультация завершена: врач подписал заключение {facts.when}.",
        "Если нужна ещё одна, оставьте заявку.",
        *_NEW,
    )


def _cancelled(facts: Facts) -> Closed:
    if facts.ended_by in (ActorKind.REGISTRAR, ActorKind.HEAD):
        return Closed(
            "Консультация отменена",
            f"Поликлиника отменила консультацию {facts.when}.",
            "Заявка снова в регистратуре: вам назначат другое время и напишут.",
            "К моим заявкам",
            "/my/",
            facts.phone,
        )
    return Closed(
        "Консультация отменена",
        f"Консультация отменена {facts.when}.",
        "Если она снова нужна, оставьте заявку.",
        *_NEW,
    )


def _missed(facts: Facts) -> Closed:
    return Closed(
        "Консультация не состоялась",
        f"Консультация не состоялась: {facts.when} отмечена неявка.",
        "Если она ещё нужна, оставьте заявку или позвоните в регистратуру.",
        *_NEW,
        facts.phone,
    )


def _returned(facts: Facts) -> Closed:
    return Closed(
        "Заявка снова в регистратуре",
        f"Врач вернул заявку в регистратуру {facts.when}.",
        "Вам назначат другое время и напишут.",
        "К моим заявкам",
        "/my/",
        facts.phone,
    )


def _order(facts: Facts, head: str, why: str) -> Closed:
    return Closed(
        head,
        why,
        "Если пациенту нужна ещё консультация, назначьте её.",
        "Назначить консультацию",
        f"/desk/patients/{facts.patient}/order/",
    )


def _by(facts: Facts) -> str:
    return {
        ActorKind.PATIENT: "пациентом",
        ActorKind.REGISTRAR: "регистратурой",
        ActorKind.HEAD: "заведующим",
    }.get(ActorKind(facts.ended_by), "вместе с согласием")


_PATIENT: dict[ConsultationState, Callable[[Facts], Closed]] = {
    ConsultationState.CONCLUDING: _signing,
    ConsultationState.COMPLETED: _signed,
    ConsultationState.CANCELLED: _cancelled,
    ConsultationState.NO_SHOW: _missed,
    ConsultationState.RETURNED: _returned,
}
_DOCTOR: dict[ConsultationState, Callable[[Facts], Closed]] = {
    ConsultationState.CONCLUDING: lambda facts: Closed(
        "Заключение ждёт подписи",
        f"Заключение ждёт вашей подписи, чат остановлен {facts.when}.",
        "Подпишите или вернитесь к разговору: чат откроется снова.",
        "Проверить и подписать",
        f"/desk/consultations/{facts.id}/conclusion/review/",
    ),
    ConsultationState.COMPLETED: lambda facts: Closed(
        "Консультация завершена",
        f"Заключение подписано, чат закрыт {facts.when}.",
        "Нашли неточность? Выпустите исправленное заключение.",
        "Открыть заключение",
        f"/desk/consultations/{facts.id}/conclusion/",
    ),
    ConsultationState.CANCELLED: lambda facts: _order(
        facts, "Консультация отменена", f"Консультация отменена {_by(facts)} {facts.when}."
    ),
    ConsultationState.NO_SHOW: lambda facts: _order(
        facts, "Пациент не пришёл", f"Пациент не пришёл, чат закрыт {facts.when}."
    ),
    ConsultationState.RETURNED: lambda facts: Closed(
        "Заявка снова в журнале",
        f"Вы вернули заявку в журнал {facts.when}.",
        "Регистратура назначит другое время или другого врача.",
        "К моему дню",
        "/desk/day/",
    ),
}
