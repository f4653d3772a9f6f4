"""What a doctor writes into a conclusion, and what still keeps it from being formed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from priyom.icd10.rules import split_diagnosis
from priyom.kernel.refusal import Refusal, RefusalKind

TEXT_LIMIT = 10_000
"""Characters in one long field: about four pages."""
MATERIALS = 200
"""Files of one chat that may be ticked as reviewed."""
SERIES = 12
"""Values of one measure that are kept: three days, four times a day."""
NOT_IN_PERSON = (
    "Лечение дистанционно не корректируется: нет очного диагноза по этому случаю. "
    "Доступны рекомендации."
)
"""323-ФЗ ст. 36.2 ч. 3: correcting treatment needs an in-person visit (domain.md 4.2, rule 1)."""


class Nature(StrEnum):
    """Nature of a disease, характер заболевания (НСИ 1.2.643.5.1.13.13.11.1049; domain.md 5.3)."""

    UNSAID = ""
    ACUTE = "acute"
    CHRONIC_NEW = "chronic_new"
    CHRONIC_KNOWN = "chronic_known"


NATURES = {
    Nature.UNSAID: "не указан",
    Nature.ACUTE: "острое",
    Nature.CHRONIC_NEW: "хроническое, выявлено впервые",
    Nature.CHRONIC_KNOWN: "хроническое, известно ранее",
}


class Severity(StrEnum):
    """Severity of the state, степень тяжести состояния (НСИ 1.2.643.5.1.13.13.11.1006)."""

    UNSAID = ""
    SATISFACTORY = "satisfactory"
    MODERATE = "moderate"
    SEVERE = "severe"
    CRITICAL = "critical"


SEVERITIES = {
    Severity.UNSAID: "не оценено",
    Severity.SATISFACTORY: "удовлетворительное",
    Severity.MODERATE: "средней тяжести",
    Severity.SEVERE: "тяжёлое",
    Severity.CRITICAL: "крайне тяжёлое",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure told by the patient: its name, unit, plausible range and an example."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    example: str


MEASURES = {
    "temperature": Measure("temperature", "t°", "°C", 30, 45, "38,4"),
    "saturation": Measure("saturation", "SpO₂", "%", 40, 100, "95"),
    "pulse": Measure("pulse", "ЧСС", "в мин", 20, 260, "72"),
    "breaths": Measure("breaths", "ЧДД", "в мин", 4, 80, "18"),
}
PRESSURE = Measure("pressure", "АД", "мм рт. ст.", 30, 300, "120/80")


@dataclass(frozen=True, slots=True)
class Content:
    """What a doctor fills in; numbers as typed, the date in Moscow's calendar.

    `complications` and `concomitant` hold a diagnosis in each line; `materials` the keys of the
    chat's files that the doctor reviewed.
    """

    complaints: str = ""
    anamnesis: str = ""
    life_anamnesis: str = ""
    temperature: str = ""
    saturation: str = ""
    pulse: str = ""
    breaths: str = ""
    pressure: str = ""
    observed: str = ""
    severity: str = Severity.UNSAID.value
    materials: tuple[str, ...] = ()
    opinion: str = ""
    diagnosis_code: str = ""
    diagnosis: str = ""
    nature: str = Nature.UNSAID.value
    complications: str = ""
    concomitant: str = ""
    is_preliminary: bool = True
    in_person_on: date | None = None
    in_person_by: str = ""
    in_person_place: str = ""
    treatment: str = ""
    recommendations: str = ""
    examinations: str = ""
    visit_advice: str = ""
    urgent: str = ""
    sources: tuple[str, ...] = ()
    """What of the chat fell into which field: «complaints:12» is its entry 12."""

    @property
    def diagnosis_line(self) -> str:
        """Return code and words as they are typed: «J06.9 ОРВИ»."""
        return " ".join(filter(None, (self.diagnosis_code, self.diagnosis)))

    @property
    def measures(self) -> str:
        """Return the measures that were given, in one line: «t° 38,4 °C · SpO₂ 95 %»."""
        return " · ".join(
            f"{one.label} {' → '.join(values)} {one.unit}"
            for one in (*MEASURES.values(), PRESSURE)
            if (values := series(getattr(self, one.name)))
        )

    @property
    def severity_line(self) -> str:
        """Return how severe the state is, in words, "" when it is not said."""
        return SEVERITIES[Severity(self.severity)] if self.severity else ""

    @property
    def nature_line(self) -> str:
        """Return the nature of the disease in words, "" when it is not said."""
        return NATURES[Nature(self.nature)] if self.nature else ""

    @property
    def further(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Return the other diagnoses: («Осложнения», ((code, words), …)), without empty groups."""
        groups = (
            ("Осложнения", diagnoses(self.complications)),
            ("Сопутствующие", diagnoses(self.concomitant)),
        )
        return tuple(group for group in groups if group[1])


_SOURCE = re.compile(r"(?<!\S)(?:complaints|anamnesis):[1-9]\d{0,6}(?!\S)")
FIELDS = tuple(one.name for one in fields(Content))
_LINE = 60
LIMITS = {
    "complaints": TEXT_LIMIT,
    "anamnesis": TEXT_LIMIT,
    "life_anamnesis": TEXT_LIMIT,
    "observed": TEXT_LIMIT,
    "opinion": TEXT_LIMIT,
    "treatment": TEXT_LIMIT,
    "recommendations": TEXT_LIMIT,
    "examinations": TEXT_LIMIT,
    "visit_advice": 500,
    "urgent": 1000,
    "temperature": _LINE,
    "saturation": _LINE,
    "pulse": _LINE,
    "breaths": _LINE,
    "pressure": 120,
    "diagnosis": 300,
    "complications": 1500,
    "concomitant": 1500,
    "in_person_by": 200,
    "in_person_place": 200,
}


def content_of(values: Mapping[str, str]) -> Content:
    """Return what a form sent; unknown names are ignored, an absent one is empty.

    `materials` are keys with spaces between them. Raises Refusal (invalid) for a text over its
    limit or a date that is none.
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
    nature = values.get("nature", "")
    texts["nature"] = nature if nature in set(Nature) else ""
    severity = values.get("severity", "")
    texts["severity"] = severity if severity in set(Severity) else ""
    preliminary = in_person_on is None or values.get("is_preliminary", "") not in ("", "0", "false")
    return Content(
        **texts,
        in_person_on=in_person_on,
        is_preliminary=preliminary,
        materials=_keys(values.get("materials", "")),
        sources=_sources(values.get("sources", "")),
    )


def diagnoses(text: str) -> tuple[tuple[str, str], ...]:
    """Return (code, words) of each line; lines without words or code are passed over."""
    return tuple(split_diagnosis(line) for line in text.splitlines() if line.strip())


def series(text: str) -> tuple[str, ...]:
    """Return the values of a measure in their order: «38,4; 37,9» or «38,4 37,9» are two."""
    return tuple(part for part in re.split(r"[;\s→]+", re.sub(r"\s*/\s*", "/", text)) if part)


def numbers(text: str) -> tuple[float, ...]:
    """Return the values of a measure as numbers; () when one of them is none."""
    try:
        return tuple(float(one.replace(",", ".")) for one in series(text))
    except ValueError:
        return ()


def problems(content: Content, today: date) -> dict[str, str]:
    """Return what keeps it from being formed: field → sentence; empty when nothing does."""
    found = _missing(content) | _mismeasured(content)
    for name in ("complications", "concomitant"):
        for code, words in diagnoses(getattr(content, name)):
            if not code and looks_coded(words):
                found[name] = f"«{words[:20]}»: код пишется так: J06.9."
    if content.in_person_on and content.in_person_on > today:
        found["in_person_on"] = "Очный приём не может быть в будущем."
    if content.in_person_on and not content.in_person_by:
        found["in_person_by"] = "Напишите, какой врач поставил диагноз."
    if content.in_person_on and not content.in_person_place:
        found["in_person_place"] = "Напишите, в какой медицинской организации."
    if content.treatment and content.in_person_on is None:
        found["treatment"] = (
            "Лечение корректируют после очного приёма: укажите его дату, врача и организацию "
            "или перенесите текст в рекомендации."
        )
    return found


def looks_coded(words: str) -> bool:
    """Whether the words begin like a code that is written wrongly: «J6.9 ОРВИ»."""
    return re.match(r"[A-Za-zА-Яа-я]\d", words) is not None


def _missing(content: Content) -> dict[str, str]:
    found: dict[str, str] = {}
    if not content.complaints:
        found["complaints"] = "Напишите, на что жалуется пациент."
    if not content.diagnosis_code and not content.diagnosis:
        found["diagnosis"] = "Укажите код МКБ-10 или напишите диагноз словами."
    if not content.diagnosis_code and looks_coded(content.diagnosis):
        found["diagnosis"] = "Код пишется так: J06.9. Выберите из списка или исправьте."
    if not content.recommendations:
        found["recommendations"] = "Напишите рекомендации: за ними пациент и пришёл."
    return found


def _mismeasured(content: Content) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, one in MEASURES.items():
        values = series(getattr(content, name))
        parts = numbers(getattr(content, name))
        if values and not (parts and all(one.low <= part <= one.high for part in parts)):
            span = f"от {one.low:g} до {one.high:g}"
            found[name] = f"{one.label}: напишите число {span}, например {one.example}."
        elif len(values) > SERIES:
            found[name] = f"{one.label}: помещается {SERIES} значений. Оставьте главные."
    if not all(_is_pressure(part) for part in series(content.pressure)[: SERIES + 1]):
        found["pressure"] = "АД: напишите два числа, например 120/80."
    elif len(series(content.pressure)) > SERIES:
        found["pressure"] = f"АД: помещается {SERIES} значений. Оставьте главные."
    return found


def _is_pressure(text: str) -> bool:
    upper, mark, lower = text.partition("/")
    if not (mark and upper.isdecimal() and lower.isdecimal()):
        return False
    return PRESSURE.low <= int(lower) < int(upper) <= PRESSURE.high


def settled(content: Content) -> Content:
    """Return the content with what the law decides: no in-person visit, so only preliminary."""
    return replace(content, is_preliminary=True) if content.in_person_on is None else content


def as_values(content: Content) -> dict[str, str]:
    """Return the content as a form's values."""
    values = {name: str(value or "") for name, value in asdict(content).items()}
    del values["diagnosis_code"]
    values["diagnosis"] = content.diagnosis_line
    values["is_preliminary"] = "1" if content.is_preliminary else ""
    values["materials"] = " ".join(content.materials)
    values["sources"] = " ".join(content.sources)
    return values


def cited(sources: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Return (field, number of the chat's entry) of each source."""
    parts = (one.partition(":") for one in sources)
    return tuple((name, int(seq)) for name, _, seq in parts)


def _sources(text: str) -> tuple[str, ...]:
    """Return the sources as they are kept: each once, what is none left out."""
    return tuple(dict.fromkeys(_SOURCE.findall(text)))[:MATERIALS]


def _keys(text: str) -> tuple[str, ...]:
    """Return the keys of files as they are kept: each once, what is no key left out."""
    keys = []
    for word in text.split()[:MATERIALS]:
        try:
            keys.append(str(UUID(word)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(keys))
