"""Body of the XML: the sections of СЭМД 119 with their words and their coded fields."""

from __future__ import annotations

from datetime import datetime

from priyom.conclusions.cda import dictionaries as nsi
from priyom.conclusions.cda.dictionaries import Concept
from priyom.conclusions.cda.sheet import Node, Sheet, instant
from priyom.conclusions.content import NOT_IN_PERSON, Content, Severity, numbers
from priyom.conclusions.rules import URGENT
from priyom.kernel import words

Pairs = tuple[tuple[str, str], ...]


def write(sheet: Sheet, content: Content, materials: tuple[str, ...], told_at: datetime) -> None:
    """Write every section; `told_at` is when the patient told the measures (aware)."""
    body = sheet.add(sheet.add(sheet.root, "component"), "structuredBody")
    _document(sheet, body, content)
    history = (("Жалобы", content.complaints), ("Анамнез заболевания", content.anamnesis))
    section = _section(sheet, body, nsi.ANAM, history)
    _field(sheet, section, nsi.TEXT, _lines(history))
    section = _section(sheet, body, nsi.LANAM, (("Анамнез жизни", content.life_anamnesis),))
    _field(sheet, section, nsi.TEXT, content.life_anamnesis)
    if content.measures:
        _measures(sheet, body, content, told_at)
    _consultation(sheet, body, content, materials)


def diagnosis_lines(content: Content) -> Pairs:
    """Return the diagnoses by their groups, the main one first, in words."""
    main = content.diagnosis_line
    if content.nature_line:
        main += f"; характер заболевания: {content.nature_line}"
    if content.is_preliminary:
        main += "; диагноз предварительный"
    further = tuple(
        (name, "; ".join(" ".join(filter(None, pair)) for pair in pairs))
        for name, pairs in content.further
    )
    return (("Основной", main), *further, ("Основание", _basis(content)))


def advice_lines(content: Content) -> Pairs:
    """Return what the patient is advised, with the words on when to call 103."""
    pairs = (
        ("Рекомендации", content.recommendations),
        ("Коррекция лечения", content.treatment),
        ("Рекомендованные обследования", content.examinations),
        ("Очный приём", content.visit_advice),
        ("Когда вызывать 103", "\n".join(filter(None, (URGENT, content.urgent)))),
    )
    return tuple(pair for pair in pairs if pair[1])


def _document(sheet: Sheet, body: Node, content: Content) -> None:
    visit = nsi.FIRST if content.in_person_on is None else nsi.REPEATED
    pairs = (
        ("Шифр по МКБ-10", content.diagnosis_code),
        ("Обращение", visit.name),
        ("Место проведения", nsi.CLINIC.name),
    )
    section = _section(sheet, body, nsi.DOCINFO, pairs)
    _chosen(sheet, section, nsi.CIPHER, _disease(content.diagnosis_code, content.diagnosis))
    _chosen(sheet, section, nsi.VISIT, visit)
    _chosen(sheet, section, nsi.PLACE, nsi.CLINIC)


def _measures(sheet: Sheet, body: Node, content: Content, told_at: datetime) -> None:
    """Write the measures in words; what has a known code is also a value with its unit (UCUM)."""
    pairs = (("Со слов пациента", content.measures),)
    section = _section(sheet, body, nsi.VITALPARAM, pairs)
    if not (values := numbers(content.temperature)):
        return
    entry = sheet.add(section, "entry")
    group = sheet.add(entry, "organizer", classCode="CLUSTER", moodCode="EVN")
    sheet.add(group, "statusCode", code="completed")
    sheet.add(group, "effectiveTime", value=instant(told_at))
    part = sheet.add(group, "component", typeCode="COMP")
    observation = sheet.add(part, "observation", classCode="OBS", moodCode="EVN")
    sheet.coded(observation, "code", nsi.TEMPERATURE)
    sheet.add(observation, "value", type="PQ", value=f"{values[-1]:g}", unit="Cel")


def _consultation(sheet: Sheet, body: Node, content: Content, materials: tuple[str, ...]) -> None:
    course = (
        ("Жалобы", content.complaints),
        ("Показатели со слов пациента", content.measures),
        ("Наблюдения", content.observed),
        ("Изученные материалы", "; ".join(materials)),
    )
    diagnosis, advice = diagnosis_lines(content), advice_lines(content)
    opinion = content.opinion or _lines(diagnosis)
    pairs = (("Состояние", content.severity_line), *course, ("Заключение", opinion))
    section = _section(sheet, body, nsi.RESCONS, pairs)
    _chosen(sheet, section, nsi.STATE, nsi.SEVERITIES.get(Severity(content.severity)))
    _field(sheet, section, nsi.COURSE, _lines(course))
    _field(sheet, section, nsi.OPINION, opinion)
    if disease := _disease(content.diagnosis_code, content.diagnosis):
        _chosen(sheet, section, nsi.FOUND, disease)
    inner = _section(sheet, section, nsi.DGN, diagnosis)
    _field(sheet, inner, nsi.OPINION, _lines(diagnosis))
    inner = _section(sheet, section, nsi.REGIME, advice)
    _field(sheet, inner, nsi.ADVICE, _lines(advice))


def _section(sheet: Sheet, parent: Node, code: Concept, pairs: Pairs) -> Node:
    """Add a section with its title and the words that a person reads."""
    section = sheet.add(sheet.add(parent, "component"), "section")
    sheet.coded(section, "code", code)
    sheet.add(section, "title", code.name)
    rows = sheet.add(sheet.add(sheet.add(section, "text"), "table"), "tbody")
    for name, value in pairs:
        row = sheet.add(rows, "tr")
        sheet.add(sheet.add(row, "td"), "content", name)
        sheet.add(sheet.add(row, "td"), "content", value or "не указано")
    return section


def _field(sheet: Sheet, section: Node, code: Concept, text: str) -> None:
    sheet.text(_observation(sheet, section, code), "value", text)


def _chosen(sheet: Sheet, section: Node, code: Concept, value: Concept | None) -> None:
    sheet.coded(_observation(sheet, section, code), "value", value, type="CD")


def _observation(sheet: Sheet, section: Node, code: Concept) -> Node:
    entry = sheet.add(section, "entry")
    observation = sheet.add(entry, "observation", classCode="OBS", moodCode="EVN")
    sheet.coded(observation, "code", code)
    return observation


def _disease(code: str, name: str) -> Concept | None:
    return Concept(nsi.ICD10, code, name or code) if code else None


def _basis(content: Content) -> str:
    if content.in_person_on is None:
        return NOT_IN_PERSON
    whom = ", ".join(filter(None, (content.in_person_by, content.in_person_place)))
    return f"установлен на очном приёме {words.numeric(content.in_person_on)}, {whom}"


def _lines(pairs: Pairs) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs if value)
