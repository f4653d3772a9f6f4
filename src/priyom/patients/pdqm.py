"""What is said to and heard from a FHIR index (IHE PDQm 3.2: ITI-78, ITI-119); pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from priyom.kernel.phones import normal_phone
from priyom.kernel.snils import digits, is_enp, is_snils
from priyom.patients.rules import ROWS, CardData, clean_name, normal_document
from priyom.patients.understand import Query, QueryKind

FHIR = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"
_N3 = "urn:oid:1.2.643.2.69.1.1.1.6"
SNILS, ENP, PASSPORT, CERTIFICATE = f"{_N3}.223", f"{_N3}.228", f"{_N3}.14", f"{_N3}.3"
"""Domains of identifiers (domain.md 2.9)."""
ORGANISATION = "urn:oid:1.2.643.5.1.13.13.11.1461"
"""ФРМО: the index wants to know which МО asks."""
_SEXES = {"male": "m", "female": "f"}
T = TypeVar("T")


class Unreadable(ValueError):
    """An answer that is no FHIR."""


@dataclass(frozen=True)
class Stranger:
    """A card of another index, cleaned: numbers that cannot be are left out, sex is m, f or ""."""

    number: str
    family: str
    given: str
    patronymic: str
    birth_on: date
    sex: str
    snils: str = ""
    enp: str = ""
    document: str = ""
    phone: str = ""
    address: str = ""

    def card(self, key: UUID) -> CardData:
        """Return the same person as a card of this base."""
        return CardData(
            family=self.family, given=self.given, patronymic=self.patronymic,
            birth_on=self.birth_on, sex=self.sex, snils=self.snils, enp=self.enp,
            document=self.document, phone=self.phone, address=self.address, key=key,
        )  # fmt: skip


class _Identifier(msgspec.Struct):
    system: str = ""
    value: str = ""


class _Name(msgspec.Struct):
    use: str = ""
    family: str = ""
    given: list[str] = []


class _Telecom(msgspec.Struct):
    system: str = ""
    value: str = ""


class _Address(msgspec.Struct):
    use: str = ""
    text: str = ""
    city: str = ""
    line: list[str] = []


class _Issue(msgspec.Struct):
    code: str = ""


class _Resource(msgspec.Struct, rename="camel"):
    """A Patient or an OperationOutcome; whatever else they say is passed over."""

    resource_type: str
    id: str = ""
    active: bool = True
    identifier: list[_Identifier] = []
    name: list[_Name] = []
    gender: str = ""
    birth_date: str = ""
    telecom: list[_Telecom] = []
    address: list[_Address] = []
    issue: list[_Issue] = []


class _Entry(msgspec.Struct):
    resource: _Resource | None = None


class _Bundle(msgspec.Struct, rename="camel"):
    resource_type: str
    entry: list[_Entry] = []


def identifiers(query: Query) -> str:
    """Return «system|value,system|value» of the number's readings, "" when none is asked for."""
    paper = CERTIFICATE if "-" in query.document else PASSPORT
    known = ((SNILS, query.snils), (ENP, query.enp), (paper, query.document))
    return ",".join(f"{system}|{value}" for system, value in known if value)


def search_form(query: Query) -> bytes:
    """Return the body of a search by a number, or by names and the year of birth."""
    if query.kind is QueryKind.NUMBER:
        return urlencode({"identifier": identifiers(query)}).encode()
    reading = query.readings[0]
    words = (reading.given, reading.patronymic)
    pairs = [("family", reading.family), *(("given", word) for word in words if word)]
    pairs += [("birthdate", f"ge{query.since}"), ("birthdate", f"le{query.until}")]
    return urlencode(pairs).encode()


def match_body(query: Query, organisation: str) -> bytes:
    """Return the Parameters of $match by names and birth date."""
    reading = query.readings[0]
    words = (reading.given, reading.patronymic)
    person = {
        "resourceType": "Patient",
        "name": [
            {"family": reading.family.title(), "given": [word.title() for word in words if word]}
        ],
        "birthDate": str(query.born),
        "managingOrganization": {"identifier": {"system": ORGANISATION, "value": organisation}},
    }
    parameters = [{"name": "resource", "resource": person}, {"name": "count", "valueInteger": ROWS}]
    return json.dumps({"resourceType": "Parameters", "parameter": parameters}).encode()


def found(text: bytes) -> tuple[Stranger, ...]:
    """Return the people of a Bundle, at most a page; without those whose card was replaced."""
    bundle = _read(text, _Bundle)
    if bundle.resource_type != "Bundle":
        raise Unreadable("no Bundle")
    people = (_stranger(entry.resource) for entry in bundle.entry if entry.resource)
    return tuple(one for one in people if one)[:ROWS]


def patient(text: bytes) -> Stranger | None:
    """Return the person of a Patient, None when the card was replaced or names nobody."""
    resource = _read(text, _Resource)
    if resource.resource_type != "Patient":
        raise Unreadable("no Patient")
    return _stranger(resource)


def issue(text: bytes) -> str:
    """Return the code of an OperationOutcome, "" when it is none."""
    try:
        outcome = _read(text, _Resource)
    except Unreadable:
        return ""
    return outcome.issue[0].code if outcome.issue else ""


def _read(text: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable(type(error).__name__) from None


def _stranger(one: _Resource) -> Stranger | None:
    name = next((name for name in one.name if name.use == "official"), None) or _first(one.name)
    born = _day(one.birth_date)
    if one.resource_type != "Patient" or not (one.active and one.id and name and born):
        return None
    given = [clean_name(word)[:100] for word in name.given]
    address = _first(one.address)
    return Stranger(
        number=one.id[:100],
        family=clean_name(name.family)[:100],
        given=given[0] if given else "",
        patronymic=given[1] if len(given) > 1 else "",
        birth_on=born,
        sex=_SEXES.get(one.gender, ""),
        snils=_number(one, SNILS, is_snils),
        enp=_number(one, ENP, is_enp),
        document=_document(one),
        phone=next(filter(None, map(_phone, one.telecom)), ""),
        address=_address(address)[:200] if address else "",
    )


def _first(items: list[T]) -> T | None:
    return items[0] if items else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(one: _Resource, system: str, is_right: Callable[[str], bool]) -> str:
    values = (digits(known.value) for known in one.identifier if known.system == system)
    return next((value for value in values if is_right(value)), "")


def _document(one: _Resource) -> str:
    papers = (known.value for known in one.identifier if known.system in (PASSPORT, CERTIFICATE))
    return next((normal_document(value.replace(":", " ")) for value in papers if value.strip()), "")


def _phone(one: _Telecom) -> str:
    return (normal_phone(one.value) or "") if one.system == "phone" else ""


def _address(one: _Address) -> str:
    return one.text or ", ".join(filter(None, (one.city, *one.line)))
