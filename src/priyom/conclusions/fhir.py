"""A signed version as a FHIR R4 document: Composition first, then everything that it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from priyom.conclusions import printing
from priyom.conclusions.cda import body
from priyom.conclusions.content import Content, numbers, series
from priyom.conclusions.models import Conclusion
from priyom.conclusions.parties import Parties, instant, parties_of
from priyom.conclusions.rules import ConclusionState
from priyom.consultations.models import Consultation

MEDIA_TYPE = "application/fhir+json"
Json = dict[str, Any]
Told = Mapping[str, str]
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_SNILS, _ENP = "urn:oid:1.2.643.100.3", "urn:oid:1.2.643.2.69.1.1.1.6.228"
"""СНИЛС, and ЕНП as the region's exchange names it (domain of N3)."""
_ICD10 = "urn:oid:1.2.643.5.1.13.13.11.1005"
_MEASURES = {
    "temperature": ("8310-5", "Body temperature", "Cel"),
    "saturation": ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%"),
    "pulse": ("8867-4", "Heart rate", "/min"),
    "breaths": ("9279-1", "Respiratory rate", "/min"),
}
_PRESSURE = ("85354-9", "Blood pressure panel with all children optional")
_HALVES = (
    ("8480-6", "Systolic blood pressure"),
    ("8462-4", "Diastolic blood pressure"),
)
_STATUS = {
    ConclusionState.SIGNED: "final",
    ConclusionState.AMENDED: "final",
    ConclusionState.WITHDRAWN: "entered-in-error",
}


@dataclass
class _Bundle:
    """The resources so far; each has an address of its own that follows from the version's key."""

    key: UUID
    entries: list[Json]

    def add(self, name: str, resource: Json) -> Json:
        """Keep a resource; return a reference to it."""
        url = f"urn:uuid:{uuid5(self.key, name)}"
        self.entries.append({"fullUrl": url, "resource": resource})
        return {"reference": url, "type": resource["resourceType"]}


def bundle(row: Conclusion, consultation: Consultation, facts: printing.Facts) -> bytes:
    """Return the document Bundle of a signed version: UTF-8 JSON, the same for the same version.

    Who the people are was kept with it; a version older than that has the cards as they are now.
    """
    kept: Parties = row.parties or parties_of(consultation, row.formed_at or row.when_signed)
    made = _Bundle(row.pk, [])
    place = made.add("organization", _organisation(kept["place"]))
    patient = made.add("patient", _patient(kept["patient"], place))
    doctor = made.add("practitioner", _practitioner(kept["doctor"]))
    parts = {"subject": patient, "author": [doctor], "custodian": place}
    talk = kept["talk"]
    parts["encounter"] = made.add("encounter", _encounter(consultation.number, talk, parts))
    content = printing.content_in(row)
    measured = _observations(made, content, parts, talk["began_at"])
    conditions = _conditions(made, content, parts)
    composition = _composition(row, consultation, parts)
    composition["section"] = _sections(content, facts.materials, measured, conditions)
    if facts.replaces is not None:
        number = printing.number_of(consultation.number, facts.replaces[0])
        target = {"targetIdentifier": _number(number)}
        composition["relatesTo"] = [{"code": "replaces", **target}]
    made.add("composition", composition)
    made.entries.insert(0, made.entries.pop())
    number = printing.number_of(consultation.number, row.version)
    document = {
        "resourceType": "Bundle",
        "identifier": _number(number),
        "type": "document",
        "timestamp": instant(row.when_signed),
        "entry": made.entries,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def file_name(number: str) -> str:
    """Return the file's name: nothing of the patient, nothing of the illness."""
    return printing.file_name(number).replace(".pdf", ".fhir.json")


def _composition(row: Conclusion, consultation: Consultation, parts: Json) -> Json:
    number = printing.number_of(consultation.number, row.version)
    status = _STATUS[ConclusionState(row.state)]
    if status == "final" and row.version > 1:
        status = "amended"
    return {
        "resourceType": "Composition",
        "identifier": _number(number),
        "status": status,
        "type": _loinc("11488-4", "Consult note"),
        **parts,
        "date": instant(row.when_signed),
        "title": f"Консультативное заключение № {number}",
        "confidentiality": "N",
        "attester": [
            {"mode": "legal", "time": instant(row.when_signed), "party": parts["author"][0]}
        ],
    }


def _organisation(place: Told) -> Json:
    made: Json = {"resourceType": "Organization", "name": place["name"]}
    if place["oid"]:
        made["identifier"] = [_oid(place["oid"])]
    return made | _phone(place["phone"], "work") | _address(place["address"], "work")


def _patient(card: Told, place: Json) -> Json:
    numbers_ = [(_SNILS, card["snils"]), (_ENP, card["enp"])]
    known = [{"system": system, "value": value} for system, value in numbers_ if value]
    made: Json = {"resourceType": "Patient"}
    if known:
        made["identifier"] = known
    made["name"] = [_name(card)]
    made["gender"] = "female" if card["sex"] == "f" else "male"
    made["birthDate"] = card["birth_on"]
    return made | _address(card["address"], "home") | {"managingOrganization": place}


def _practitioner(doctor: Told) -> Json:
    made: Json = {"resourceType": "Practitioner"}
    if doctor["snils"]:
        made["identifier"] = [{"system": _SNILS, "value": doctor["snils"]}]
    made["name"] = [_name(doctor)]
    made["qualification"] = [{"code": {"text": doctor["post"]}}]
    return made


def _encounter(number: str, talk: Told, parts: Json) -> Json:
    return {
        "resourceType": "Encounter",
        "identifier": [_number(number)],
        "status": "finished",
        "class": {"system": f"{_TERMS}/v3-ActCode", "code": "VR", "display": "virtual"},
        "subject": parts["subject"],
        "participant": [{"individual": parts["author"][0]}],
        "period": {"start": talk["began_at"], "end": talk["ended_at"]},
        "serviceProvider": parts["custodian"],
    }


def _conditions(made: _Bundle, content: Content, parts: Json) -> list[Json]:
    """Add the main diagnosis and the others; return their references in this order."""
    groups = (("", ((content.diagnosis_code, content.diagnosis),)), *content.further)
    pairs = [(name, *pair) for name, group in groups for pair in group]
    status = "provisional" if content.is_preliminary else "confirmed"
    return [
        made.add(
            f"condition-{place}",
            {
                "resourceType": "Condition",
                "clinicalStatus": _term("condition-clinical", "active"),
                "verificationStatus": _term("condition-ver-status", status),
                "category": [_term("condition-category", "encounter-diagnosis")],
                "code": _disease(code, name),
                "subject": parts["subject"],
                "encounter": parts["encounter"],
                "recorder": parts["author"][0],
                **({"note": [{"text": group}]} if group else {}),
            },
        )
        for place, (group, code, name) in enumerate(pairs)
    ]


def _disease(code: str, name: str) -> Json:
    coded: Json = {"coding": [{"system": _ICD10, "code": code}]} if code else {}
    return coded | {"text": name or code}


def _observations(made: _Bundle, content: Content, parts: Json, told_at: str) -> list[Json]:
    """Add each value that the patient told; when it was measured is not known, when told is."""
    found = []
    for name, (code, display, unit) in _MEASURES.items():
        for place, value in enumerate(numbers(getattr(content, name))):
            values = {"valueQuantity": _quantity(value, unit)}
            resource = _observation(_loinc(code, display), values, parts, told_at)
            found.append(made.add(f"{name}-{place}", resource))
    for place, text in enumerate(series(content.pressure)):
        halves = [
            {"code": _loinc(*half), "valueQuantity": _quantity(float(value), "mm[Hg]")}
            for half, value in zip(_HALVES, text.split("/"), strict=False)
            if value.isdecimal()
        ]
        if halves:
            resource = _observation(_loinc(*_PRESSURE), {"component": halves}, parts, told_at)
            found.append(made.add(f"pressure-{place}", resource))
    return found


def _observation(code: Json, values: Json, parts: Json, told_at: str) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [_term("observation-category", "vital-signs")],
        "code": code,
        "subject": parts["subject"],
        "encounter": parts["encounter"],
        "issued": told_at,
        "performer": [parts["subject"]],
        **values,
        "note": [{"text": "Со слов пациента; время измерения не известно."}],
    }


def _sections(
    content: Content, materials: tuple[str, ...], measured: list[Json], conditions: list[Json]
) -> list[Json]:
    """Return the sections with something in them, as the paper orders them."""
    said = "\n".join(filter(None, (content.measures, content.observed)))
    pairs: tuple[tuple[str, str, tuple[str, ...], list[Json]], ...] = (
        ("10154-3", "Жалобы", (content.complaints,), []),
        ("10164-2", "Анамнез заболевания", (content.anamnesis,), []),
        ("11348-0", "Анамнез жизни", (content.life_anamnesis,), []),
        ("8716-3", "Показатели со слов пациента", (said,), measured),
        ("", "Изученные материалы", materials, []),
        ("51848-0", "Заключение", (content.opinion,), []),
        ("29308-4", "Диагноз", _told(body.diagnosis_lines(content)), conditions),
        ("18776-5", "Рекомендации", _told(body.advice_lines(content)), []),
    )
    return [
        {"title": title}
        | ({"code": _loinc(code)} if code else {})
        | {"text": _narrative(lines)}
        | ({"entry": entries} if entries else {})
        for code, title, lines, entries in pairs
        if any(lines)
    ]


def _told(pairs: body.Pairs) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in pairs if value)


def _narrative(lines: tuple[str, ...]) -> Json:
    plain = (part for line in lines for part in printable(line).split("\n") if part.strip())
    inner = "".join(f"<p>{escape(part, quote=False)}</p>" for part in plain)
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>',
    }


def printable(text: str) -> str:
    """Return the text without signs that the XHTML of a narrative cannot hold."""
    return "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())


def _loinc(code: str, display: str = "") -> Json:
    coding = {"system": _LOINC, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]}


def _term(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{_TERMS}/{system}", "code": code}]}


def _quantity(value: float, unit: str) -> Json:
    return {"value": value, "unit": unit, "system": _UCUM, "code": unit}


def _number(number: str) -> Json:
    return {"system": f"{settings.PUBLIC_URL}/", "value": number}


def _oid(oid: str) -> Json:
    return {"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{oid}"}


def _name(person: Told) -> Json:
    given = [part for part in (person["given"], person["patronymic"]) if part]
    return {"family": person["family"], "given": given}


def _phone(phone: str, use: str) -> Json:
    return {"telecom": [{"system": "phone", "value": phone, "use": use}]} if phone else {}


def _address(text: str, use: str) -> Json:
    return {"address": [{"use": use, "text": text}]} if text else {}
