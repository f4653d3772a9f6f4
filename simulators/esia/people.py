"""The fictional people who can sign in: read from var/esia-people.json, else a few of our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEVELS = {"simple": "упрощённая", "standard": "стандартная", "confirmed": "подтверждённая"}
Claims = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """One account of ЕСИА; `birth_on` is YYYY-MM-DD, `level` a key of LEVELS."""

    oid: str
    family: str
    given: str
    patronymic: str = ""
    birth_on: str = ""
    snils: str = ""
    gender: str = ""
    email: str = ""
    email_verified: bool = False
    level: str = "confirmed"
    kids: tuple[Claims, ...] = ()
    note: str = ""
    group: str = ""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.family, self.given, self.patronymic)))

    @property
    def heading(self) -> str:
        """The group of the list that this person stands in."""
        if self.group:
            return self.group
        if self.level == "simple":
            return "Упрощённая учётная запись"
        if self.kids:
            return "Родитель или опекун"
        return "Пациент" if self.email else "Без почты"

    def claims(self, scopes: set[str]) -> Claims:
        """What /userinfo says to a holder of these scopes, and nothing more."""
        said: Claims = {"sub": self.oid}
        if "fullname" in scopes:
            said |= {
                "family_name": self.family,
                "given_name": self.given,
                "level": self.level,
                "trusted": self.level == "confirmed",
            }
            if self.patronymic:
                said["middle_name"] = self.patronymic
        known = {"birthdate": self.birth_on, "gender": self.gender, "snils": self.snils}
        said |= {name: value for name, value in known.items() if name in scopes and value}
        if "email" in scopes and self.email:
            said |= {"email": self.email, "email_verified": self.email_verified}
        if "kids" in scopes and self.kids:
            said["kids"] = list(self.kids)
        return said


def read(path: Path) -> tuple[Person, ...]:
    """Return the people of the file as it is now, or OWN when there is none."""
    if not path.is_file():
        return OWN
    known = set(Person.__dataclass_fields__)
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Person(
            **{name: value for name, value in row.items() if name in known and name != "kids"},
            kids=tuple(row.get("kids") or ()),
        )
        for row in rows
    )


def found(people: tuple[Person, ...], words: str) -> list[Person]:
    """Return the people whose name has every word, in the list's order."""
    wanted = words.lower().replace("ё", "е").split()
    return [
        one for one in people if all(word in one.name.lower().replace("ё", "е") for word in wanted)
    ]


OWN = (
    Person("1000000001", "Иванова", "Анна", "Сергеевна", "1986-04-12", "11223344595", "F",
           "anna@mail.example", True, note="обычная пациентка"),
    Person("1000000002", "Соколова", "Мария", "Игоревна", "1990-09-02", "08765430300", "F",
           "maria@mail.example", True, note="мама двоих детей",
           kids=({"family": "Соколов", "given": "Пётр", "birth_on": "2019-09-03"},)),
    Person("1000000003", "Орлов", "Виктор", "Павлович", "1971-01-15", "", "M",
           "viktor@mail.example", True, note="опекун подопечного", group="Родитель или опекун"),
    Person("1000000004", "Ли", "Вэй", "", "1994-12-30", "", "M", "", note="без почты и СНИЛС"),
    Person("1000000005", "Кузнецов", "Олег", "Ильич", "1979-06-21", "", "M",
           "oleg@mail.example", False, "simple", note="личность не проверена"),
)  # fmt: skip
