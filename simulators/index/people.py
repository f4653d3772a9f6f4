"""The made people whom this index knows: read from var/index-people.json, else our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
N3 = "urn:oid:1.2.643.2.69.1.1.1.6"
SNILS, ENP, PASSPORT, CERTIFICATE = f"{N3}.223", f"{N3}.228", f"{N3}.14", f"{N3}.3"
OWN_NUMBER = "urn:oid:1.2.643.2.69.1.2.109"
SYSTEMS = frozenset({SNILS, ENP, PASSPORT, CERTIFICATE, OWN_NUMBER})
"""Domains of identifiers that this index is an authority for."""


@dataclass(frozen=True)
class Person:
    """One inhabitant; `birth_on` is YYYY-MM-DD, `replaced_by` the card that stays after a merge."""

    id: str
    family: str
    given: str
    patronymic: str = ""
    birth_on: str = ""
    gender: str = "unknown"
    snils: str = ""
    enp: str = ""
    document: str = ""
    """«4008:123456», or «IV-МЮ:123456» of a certificate."""
    phone: str = ""
    address: str = ""
    died_on: str = ""
    replaced_by: str = ""

    @property
    def identifiers(self) -> list[tuple[str, str]]:
        """(system, value), the index's own number first."""
        paper = CERTIFICATE if "-" in self.document else PASSPORT
        known = [(OWN_NUMBER, self.id), (SNILS, self.snils), (ENP, self.enp)]
        return [pair for pair in (*known, (paper, self.document)) if pair[1]]

    def resource(self) -> Json:
        """Return the Patient resource."""
        said: Json = {
            "resourceType": "Patient",
            "id": self.id,
            "active": not self.replaced_by,
            "identifier": [
                {"system": system, "value": value} for system, value in self.identifiers
            ],
            "name": [{"use": "official", "family": self.family, "given": self._given()}],
            "gender": self.gender,
            "managingOrganization": {"reference": "Organization/1"},
        }
        if self.birth_on:
            said["birthDate"] = self.birth_on
        if self.phone:
            said["telecom"] = [{"system": "phone", "value": self.phone, "use": "mobile"}]
        if self.address:
            said["address"] = [{"use": "home", "text": self.address}]
        if self.died_on:
            said["deceasedDateTime"] = self.died_on
        if self.replaced_by:
            other = {"reference": f"Patient/{self.replaced_by}"}
            said["link"] = [{"other": other, "type": "replaced-by"}]
        return said

    def _given(self) -> list[str]:
        return [name for name in (self.given, self.patronymic) if name]


def read(path: Path) -> tuple[Person, ...]:
    """Return the people of the file as it is now, or OWN when there is none."""
    if not path.is_file():
        return OWN
    known = set(Person.__dataclass_fields__)
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Person(**{name: value for name, value in row.items() if name in known}) for row in rows
    )


OWN = (
    Person("78-0001", "Ветрова", "Алина", "Марковна", "1991-05-17", "female", "16012345612",
           "7812340000000011", "4012:104455", "+7-(921)5551101",
           "Санкт-Петербург, Лиговский пр., 10"),
    Person("78-0002", "Ветрова", "Алина", "Маратовна", "1991-11-02", "female",
           document="4013:220011", address="Санкт-Петербург, ул. Ленина, 4"),
    Person("78-0003", "Громыко", "Тарас", "", "1969-02-28", "male", phone="79215551103"),
    Person("78-0004", "Ёжикова", "Роза", "Юсуповна", "2020-02-29", "female",
           document="IV-МЮ:700700", address="Пушкин, ул. Малая, 2"),
    Person("78-0005", "Нго", "Тхи", "", "1999-12-31", "other"),
    Person("78-0006", "Ветрова", "Алина", "Марковна", "1991-05-17", "female",
           replaced_by="78-0001"),
    Person("78-0007", "Зарубин", "Платон", "Львович", "1938-08-08", "male", died_on="2024-01-15"),
    *(
        Person(f"78-1{number:03d}", "Толпыгина", "Вера", f"Олеговна{'аеиоу'[number % 5]}",
               f"1980-{1 + number % 12:02d}-{1 + number % 28:02d}", "female")
        for number in range(30)
    ),
)  # fmt: skip
