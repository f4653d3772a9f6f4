"""Life of a conclusion: its states, its code, and the refusals of its acts."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from priyom.kernel import words
from priyom.kernel.machine import Machine
from priyom.kernel.refusal import Refusal, RefusalKind


class ConclusionState(StrEnum):
    """State of one version of a conclusion (process.md)."""

    DRAFT = "draft"
    FORMED = "formed"
    SIGNED = "signed"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"


class SignatureRole(StrEnum):
    """Whose signature it is."""

    DOCTOR = "doctor"
    ORGANISATION = "organisation"


class SignatureForm(StrEnum):
    """Where it stands: inside the PDF, or beside the bytes that it covers."""

    PADES = "pades"
    CADES = "cades"


class ConclusionAct(StrEnum):
    """What is done with a conclusion."""

    FORM = "form"
    REVISE = "revise"
    SIGN = "sign"
    AMEND = "amend"
    WITHDRAW = "withdraw"


_S = ConclusionState
_A = ConclusionAct

CONCLUSION = Machine(
    name="conclusion",
    title="Заключение",
    transitions={
        (_S.DRAFT, _A.FORM): _S.FORMED,
        (_S.FORMED, _A.REVISE): _S.DRAFT,
        (_S.FORMED, _A.SIGN): _S.SIGNED,
        (_S.SIGNED, _A.AMEND): _S.AMENDED,
        (_S.SIGNED, _A.WITHDRAW): _S.WITHDRAWN,
    },
    labels={
        _S.DRAFT: "черновик",
        _S.FORMED: "на подписи",
        _S.SIGNED: "подписано",
        _S.AMENDED: "заменено новой версией",
        _S.WITHDRAWN: "отозвано",
    },
    automatic=frozenset(),
)

MACHINES = (CONCLUSION,)

CHECKS = 30
"""Papers that one address may check in a minute: a desk with a pile of them, not a search."""

PATIENT_SEES = frozenset({_S.SIGNED, _S.AMENDED, _S.WITHDRAWN})
"""A patient never sees a draft or an unsigned document (asks.md, rule 7)."""
OPEN = frozenset({_S.DRAFT, _S.FORMED})

OFFERED = 12
"""Diagnoses that are offered before anything is typed."""
LATELY = timedelta(days=90)
"""How far back a doctor's usual diagnoses are counted: a season."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs of the check code that people do not mistake for each other."""
CODE_LENGTH = 20
_CYRILLIC = str.maketrans("АВЕКМНОРСТХУ", "ABEKMHOPCTXY")
URGENT = (
    "Звоните 103 или 112, если трудно дышать в покое, появилась боль в груди, нарушились речь "
    "или сознание, начались судороги, сильное кровотечение или состояние быстро ухудшается."
)


def new_code() -> str:
    """Return a random check code, 99 bits: nobody guesses the address of a paper."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """Return the code as people read it aloud: four groups of five."""
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))


def typed_code(text: str) -> str:
    """Return what somebody typed, pasted or scanned as a plain code."""
    return "".join(sign for sign in text.upper().translate(_CYRILLIC) if sign.isalnum())[:40]


class Incomplete(Refusal):
    """Something is still missing; `problems` maps each field to its sentence."""

    def __init__(self, found: dict[str, str]) -> None:
        field, text = next(iter(found.items()))
        super().__init__("conclusion.incomplete", RefusalKind.INVALID, text, field=field)
        self.problems = found


class Stale(Refusal):
    """Another tab has saved since; nothing was overwritten and nothing that was typed is lost."""

    def __init__(self, revision: int, saved_at: datetime) -> None:
        super().__init__(
            "conclusion.stale",
            RefusalKind.CONFLICT,
            f"Черновик уже сохранён в другой вкладке в {words.clock_time(saved_at)}. "
            "Ваш текст остался на этой странице: сравните и сохраните ещё раз.",
        )
        self.revision = revision


def not_open() -> Refusal:
    """Return the refusal of writing where no draft may be written."""
    return Refusal(
        "conclusion.not_open",
        RefusalKind.CONFLICT,
        "Черновик сейчас не пишется: заключение уже на подписи или консультация завершена. "
        "Обновите страницу.",
    )


def changed_since() -> Refusal:
    """Return the refusal of signing something else than what was read."""
    return Refusal(
        "conclusion.changed",
        RefusalKind.CONFLICT,
        "Заключение изменилось, пока эта страница была открыта. Обновите её и проверьте ещё раз.",
    )


def reason_needed() -> Refusal:
    """Return the refusal of amending or withdrawing without saying why."""
    return Refusal(
        "conclusion.reason",
        RefusalKind.INVALID,
        "Напишите причину: пациент её увидит.",
        field="reason",
    )


def xml_invalid(count: int) -> Refusal:
    """Return the refusal of forming a document that the registry's own rules do not accept."""
    return Refusal(
        "conclusion.xml_invalid",
        RefusalKind.INVALID,
        f"Электронная форма заключения не проходит проверку реестра: замечаний {count}. "
        "Черновик сохранён; сообщите администратору, он видит причину в журнале.",
    )


def xml_unchecked() -> Refusal:
    """Return the refusal of forming while the check is set up wrongly."""
    return Refusal(
        "conclusion.xml_unchecked",
        RefusalKind.CONFLICT,
        "Проверка электронной формы заключения настроена с ошибкой. Черновик сохранён; "
        "сообщите администратору, он видит причину в журнале.",
    )
