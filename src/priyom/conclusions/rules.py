"""Life of a conclusion; what must stand in it, and what a doctor may not settle from afar."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from priyom.icd10.rules import split_diagnosis
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

PATIENT_SEES = frozenset({_S.SIGNED, _S.AMENDED, _S.WITHDRAWN})
"""A patient never sees a draft or an unsigned document (asks.md, rule 7)."""
OPEN = frozenset({_S.DRAFT, _S.FORMED})

TEXT_LIMIT = 10_000
"""Characters in one long field: about four pages."""
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
NOT_IN_PERSON = (
    "Лечение дистанционно не корректируется: нет очного диагноза по этому случаю. "
    "Доступны рекомендации."
)
"""323-ФЗ ст. 36.2 ч. 3: correcting treatment needs an in-person visit (domain.md 4.2, rule 1)."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a doctor fills in; numbers as typed, the date in Moscow's calendar."""

    complaints: str = ""
    anamnesis: str = ""
    temperature: str = ""
    saturation: str = ""
    breaths: str = ""
    pressure: str = ""
    observed: str = ""
    diagnosis_code: str = ""
    diagnosis: str = ""
    is_preliminary: bool = True
    in_person_on: date | None = None
    in_person_by: str = ""
    recommendations: str = ""

    @property
    def diagnosis_line(self) -> str:
        """Return code and words as they are typed: «J06.9 ОРВИ»."""
        return " ".join(filter(None, (self.diagnosis_code, self.diagnosis)))

    @property
    def measures(self) -> str:
        """Return the measures that were given, in one line: «t° 38,4 °C · SpO₂ 95 %»."""
        parts = (
            ("t° {} °C", self.temperature),
            ("SpO₂ {} %", self.saturation),
            ("ЧДД {} в мин", self.breaths),
            ("АД {} мм рт. ст.", self.pressure),
        )
        return " · ".join(form.format(value) for form, value in parts if value)


FIELDS = tuple(one.name for one in fields(Content))
LIMITS = {
    "complaints": TEXT_LIMIT,
    "anamnesis": TEXT_LIMIT,
    "observed": TEXT_LIMIT,
    "recommendations": TEXT_LIMIT,
    "temperature": 12,
    "saturation": 12,
    "breaths": 12,
    "pressure": 12,
    "diagnosis": 300,
    "in_person_by": 200,
}


def content_of(values: Mapping[str, str]) -> Content:
    """Return what a form sent; unknown names are ignored, an absent one is empty.

    Raises Refusal (invalid) for a text over its limit or a date that is none.
    """
    texts: dict[str, str] = {}
    for name, limit in LIMITS.items():
        text = values.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()
        if len(text) > limit:
            raise Refusal(
                "conclusion.too_long",
                RefusalKind.INVALID,
                f"Слишком длинно: помещается {limit} знаков. Сократите текст.",
                field=name,
            )
        texts[name] = text
    typed = values.get("in_person_on", "").strip()
    try:
        in_person_on = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refusal(
            "conclusion.date",
            RefusalKind.INVALID,
            "Проверьте дату очного приёма.",
            field="in_person_on",
        ) from None
    texts["diagnosis_code"], texts["diagnosis"] = split_diagnosis(texts["diagnosis"])
    preliminary = in_person_on is None or values.get("is_preliminary", "") not in ("", "0", "false")
    return Content(**texts, in_person_on=in_person_on, is_preliminary=preliminary)


def problems(content: Content, today: date) -> dict[str, str]:
    """Return what keeps it from being formed: field → sentence; empty when nothing does."""
    found: dict[str, str] = {}
    if not content.complaints:
        found["complaints"] = "Напишите, на что жалуется пациент."
    if not content.diagnosis_code and not content.diagnosis:
        found["diagnosis"] = "Укажите код МКБ-10 или напишите диагноз словами."
    if not content.diagnosis_code and re.match(r"[A-Za-zА-Яа-я]\d", content.diagnosis):
        found["diagnosis"] = "Код пишется так: J06.9. Выберите из списка или исправьте."
    if not content.recommendations:
        found["recommendations"] = "Напишите рекомендации: за ними пациент и пришёл."
    for name, low, high, example in (
        ("temperature", 30.0, 45.0, "38,4"),
        ("saturation", 40, 100, "95"),
        ("breaths", 4, 80, "18"),
    ):
        if not _within(getattr(content, name), low, high):
            found[name] = f"Напишите число, например {example}."
    if content.pressure and not re.fullmatch(r"\d{2,3}\s*/\s*\d{2,3}", content.pressure):
        found["pressure"] = "Напишите два числа, например 120/80."
    if content.in_person_on and content.in_person_on > today:
        found["in_person_on"] = "Очный приём не может быть в будущем."
    if content.in_person_on and not content.in_person_by:
        found["in_person_by"] = "Напишите, какой врач и где поставил диагноз."
    return found


def _within(text: str, low: float, high: float) -> bool:
    if not text:
        return True
    try:
        return low <= float(text.replace(",", ".")) <= high
    except ValueError:
        return False


def settled(content: Content) -> Content:
    """Return the content with what the law decides: no in-person visit, so only preliminary."""
    return replace(content, is_preliminary=True) if content.in_person_on is None else content


def as_values(content: Content) -> dict[str, str]:
    """Return the content as a form's values."""
    values = {name: str(value or "") for name, value in asdict(content).items()}
    del values["diagnosis_code"]
    values["diagnosis"] = content.diagnosis_line
    values["is_preliminary"] = "1" if content.is_preliminary else ""
    return values


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
