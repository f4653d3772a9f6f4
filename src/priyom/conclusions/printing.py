"""From rows to paper: which words of which row stand where. Reads nothing, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from priyom.conclusions.content import FIELDS, NOT_IN_PERSON, Content
from priyom.conclusions.models import Conclusion
from priyom.conclusions.paper import Paper, Place, Stamp
from priyom.conclusions.plotting import plots_of
from priyom.conclusions.rules import URGENT, shown_code
from priyom.conclusions.signer import Certificate, Signatory
from priyom.consultations.models import Consultation
from priyom.kernel import words
from priyom.kernel.phones import show_phone
from priyom.kernel.snils import show_snils

DRAFT = "ЧЕРНОВИК"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the log and the consent say of the talk; instants aware, UTC."""

    consented_at: datetime | None
    had_call: bool
    materials: tuple[str, ...]
    replaces: tuple[int, datetime] | None = None
    """Number and signing instant of the version that this one replaces."""


def paper_of(
    row: Conclusion,
    consultation: Consultation,
    facts: Facts,
    at: datetime,
    certificate: Certificate | None,
) -> Paper:
    """Return the paper of a version formed `at`; without a certificate it is a marked draft."""
    content = content_in(row)
    code = shown_code(row.check_code)
    return Paper(
        number=number_of(consultation.number, row.version),
        formed=words.exact(at),
        place=_place(consultation),
        patient=_patient(consultation),
        visit=_visit(consultation, facts, at),
        sections=_sections(content, facts),
        plots=tuple((one.label, one.words, one.lines) for one in plots_of(content)),
        diagnosis_code=content.diagnosis_code,
        diagnosis=content.diagnosis,
        nature=content.nature_line,
        further=content.further,
        is_preliminary=content.is_preliminary,
        diagnosis_note=_note(content),
        advice=_advice(content),
        urgent="\n".join(filter(None, (URGENT, content.urgent))),
        stamp=_stamp(certificate) if certificate else _draft_stamp(consultation),
        check_url=check_url(row.check_code),
        check_code=code,
        version_note=_version_note(row, facts),
        watermark="" if certificate else DRAFT,
    )


def content_in(row: Conclusion) -> Content:
    """Return what the doctor filled in, out of a row."""
    values = {name: getattr(row, name) for name in FIELDS}
    lists = {"materials": tuple(row.materials), "sources": tuple(row.sources)}
    return Content(**values | lists)


def signatory_of(consultation: Consultation) -> Signatory:
    """Return who signs a conclusion of this consultation."""
    doctor = consultation.doctor
    place = consultation.organisation.short_name
    return Signatory(doctor.pk, str(doctor), place, doctor.snils)


def number_of(number: str, version: int) -> str:
    """Return a document's number: the consultation's, with the version when it is not the first."""
    return number if version == 1 else f"{number}/{version}"


def check_url(code: str) -> str:
    """Return the address in the QR code."""
    return f"{settings.PUBLIC_URL}/check/{shown_code(code)}/"


def file_name(number: str) -> str:
    """Return the file's name: nothing of the patient, nothing of the illness."""
    return f"zaklyuchenie-{number.replace('/', '-v')}.pdf"


def _place(consultation: Consultation) -> Place:
    place = consultation.organisation
    return Place(place.name, place.address, show_phone(place.phone), place.licence, place.oid)


def _patient(consultation: Consultation) -> tuple[tuple[str, str], ...]:
    patient = consultation.patient
    on = words.moscow(consultation.began_at or consultation.starts_at).date()
    sex = "женский" if patient.sex == "f" else "мужской"
    born = f"{words.numeric(patient.birth_on)} ({words.age(patient.birth_on, on)}), пол {sex}"
    pairs = [("Пациент", str(patient)), ("Дата рождения", born)]
    if patient.snils:
        pairs.append(("СНИЛС", show_snils(patient.snils)))
    if patient.enp:
        enp = patient.enp
        pairs.append(("Полис ОМС", " ".join(enp[at : at + 4] for at in range(0, len(enp), 4))))
    return tuple(pairs)


def _visit(consultation: Consultation, facts: Facts, at: datetime) -> tuple[tuple[str, str], ...]:
    start = consultation.began_at or consultation.starts_at
    end = consultation.ended_at or at
    form = "чат и видеозвонок" if facts.had_call else "чат"
    doctor = consultation.doctor
    pairs = [
        ("Консультация", f"№ {consultation.number}, {_from_to(start, end)}"),
        ("Форма", f"дистанционно, в реальном времени: {form}"),
        ("Консультант", f"{doctor}, {doctor.speciality.doctor}"),
    ]
    if facts.consented_at is not None:
        pairs.append(("Основание", f"согласие пациента от {words.exact(facts.consented_at)}"))
    return tuple(pairs)


def _from_to(start: datetime, end: datetime) -> str:
    if words.moscow(start).date() != words.moscow(end).date():
        return f"{words.exact(start)} – {words.exact(end)}"
    head, _, _ = words.exact(start).partition(",")
    zone = f"{words.NBSP}(МСК)"
    return f"{head}, {words.clock_time(start)}–{words.clock_time(end)}{zone}"


def _sections(content: Content, facts: Facts) -> tuple[tuple[str, str], ...]:
    said = "\n".join(filter(None, (content.measures, content.observed)))
    pairs = (
        ("Жалобы", content.complaints),
        ("Анамнез заболевания", content.anamnesis),
        ("Анамнез жизни", content.life_anamnesis),
        ("Показатели со слов пациента", said),
        ("Состояние", content.severity_line),
        ("Изученные материалы", "; ".join(facts.materials)),
        ("Заключение", content.opinion),
    )
    return tuple((name, text) for name, text in pairs if text)


def _advice(content: Content) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("Рекомендации", content.recommendations),
        ("Коррекция лечения", content.treatment),
        ("Рекомендованные обследования", content.examinations),
        ("Очный приём", content.visit_advice),
    )
    return tuple((name, text) for name, text in pairs if text)


def _note(content: Content) -> str:
    if content.in_person_on is None:
        return NOT_IN_PERSON
    day = words.numeric(content.in_person_on)
    whom = ", ".join(filter(None, (content.in_person_by, content.in_person_place)))
    return f"Диагноз установлен на очном приёме {day}{f', {whom}' if whom else ''}."


def _stamp(certificate: Certificate) -> Stamp:
    return Stamp(
        owner=certificate.owner,
        issuer=certificate.issuer,
        serial=certificate.serial,
        since=words.numeric(words.moscow(certificate.since).date()),
        until=words.numeric(words.moscow(certificate.until).date()),
        note=certificate.note,
    )


def _draft_stamp(consultation: Consultation) -> Stamp:
    later = "будет указан при подписании"
    return Stamp(str(consultation.doctor), later, later, "…", "…")


def _version_note(row: Conclusion, facts: Facts) -> str:
    if facts.replaces is None:
        return ""
    version, at = facts.replaces
    reason = f". Причина: {row.reason}" if row.reason else ""
    return f"версия {row.version}, заменяет версию {version} от {words.exact(at)}{reason}"
