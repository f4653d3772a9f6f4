"""The people one signs in as: each with an ЕСИА account, and what is particular about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from priyom.demo.extend import PEOPLE
from priyom.demo.names import Name
from priyom.demo.people import REGISTRY_OFFICE, Bond, Human, Maker
from priyom.demo.signs import valid_enp, valid_snils
from priyom.kernel.snils import show_snils
from priyom.kernel.words import years


@dataclass(frozen=True)
class Resident:
    """A special person: card, ЕСИА account (`oid` "" for nobody's), what the login page says."""

    code: str
    human: Human
    oid: str
    level: str
    note: str
    email: str = ""
    is_email_verified: bool = True


_PEOPLE: tuple[tuple[str, str, str, date | int, int, str, str, str], ...] = (
    # code, name, sex, age or birth, first nine of СНИЛС, level, e-mail, note
    ("anna", "Иванова Анна Сергеевна", "f", date(1984, 3, 12), 112_233_445, "confirmed",
     "anna.ivanova84@mail.example", "консультация идёт прямо сейчас"),
    ("olga", "Петрова Ольга Николаевна", "f", 34, 87_654_302, "confirmed",
     "olga.petrova@pochta.example", "мама Миши, 6 лет"),
    ("misha", "Петров Михаил Андреевич", "m", 6, 201_555_010, "", "", ""),
    ("nikolay", "Осипов Николай Ильич", "m", 52, 123_456_789, "confirmed",
     "n.osipov@post.example", "опекун своей тёти"),
    ("nina", "Осипова Нина Васильевна", "f", 83, 55_410_221, "", "", ""),
    ("galina", "Гаврилова Тамара Николаевна", "f", 71, 34_600_715, "standard", "",
     "без почты: её зовут по телефону"),
    ("petr", "Ёлкин Пётр Петрович", "m", 64, 78_001_442, "", "", ""),
    ("zarina", "Абдуллаева Зарина Шерзодовна", "f", 33, 160_744_901, "simple",
     "zarina@inbox.example", "упрощённая учётная запись: войти нельзя"),
    ("li", "Ли Вэй", "m", 29, 189_302_114, "confirmed", "li.wei@inbox.example", "без отчества"),
    ("sergey", "Смирнов-Волков Алексей Игоревич", "m", 50, 66_120_338, "confirmed",
     "a.smirnov-volkov@mail.example", "консультация завтра, заключение прошлой готово"),
)  # fmt: skip
STRANGER = (
    "gleb", "Сомов Глеб Ильич", "m", 41, 99_870_116, "confirmed", "gleb@post.example",
    "карты в Индексе нет",
)  # fmt: skip


def residents(maker: Maker, home_clinic: UUID) -> dict[str, Resident]:
    """Add the special people to the region; return them by code."""
    made: dict[str, Resident] = {}
    for number, row in enumerate(_PEOPLE):
        made[row[0]] = _resident(maker, home_clinic, number, row)
    bonds = maker.region.bonds
    mother, child = made["olga"].human, made["misha"].human
    paper = ("birth", _shown(child), REGISTRY_OFFICE, child.born)
    bonds.append(Bond(child.key, mother.key, "mother", *paper))
    ward, guardian = made["nina"].human, made["nikolay"].human
    until = date(maker.today.year + 2, 12, 31)
    order = ("court", "№ 2-214", "Невский районный суд", date(maker.today.year - 3, 3, 14))
    bonds.append(Bond(ward.key, guardian.key, "guardian", *order, until))
    return made


def _resident(
    maker: Maker,
    clinic: UUID,
    number: int,
    row: tuple[str, str, str, date | int, int, str, str, str],
) -> Resident:
    code, name, sex, age, nine, level, email, note = row
    born = age if isinstance(age, date) else _birthday(maker.today, age, number)
    human = maker.person(
        Name(*name.split()),
        born,
        sex,
        f"ул. Хасанская, {8 + number // 2}, кв. {11 + number}",
        snils=valid_snils(nine),
        enp="7941983111972141" if code == "anna" else valid_enp(784_000_000_000_000 + nine),
        phone="+79215551020" if code == "anna" else f"+79215551{100 + number}",
        email=email,
        clinic=clinic,
    )
    oid = str(1_000_300_000 + number) if level else ""
    return Resident(code, human, oid, level, note, email)


def _birthday(today: date, age: int, number: int) -> date:
    """Return a birth date so that the person has exactly that age for months to come."""
    return date(today.year - age, today.month, 1) - timedelta(days=40 + 9 * number)


def _shown(human: Human) -> str:
    return human.document.replace(":", " ")


def write(folder: Path, people: dict[str, Resident], today: date) -> None:
    """Write the file of people that the ЕСИА simulator shows on its login page."""
    rows = [_row(one, people, today) for one in people.values() if one.oid]
    code, name, _sex, age, nine, level, email, note = STRANGER
    family, given, patronymic = name.split()
    rows.append(
        {
            "oid": "1000399999", "family": family, "given": given, "patronymic": patronymic,
            "birth_on": date(today.year - age, 1, 30).isoformat(),
            "snils": show_snils(valid_snils(nine)), "gender": "M", "email": email,
            "email_verified": True, "level": level, "kids": [], "note": note, "code": code,
        }
    )  # fmt: skip
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    (folder / PEOPLE).write_text(text + "\n", encoding="utf-8")


def _row(one: Resident, people: dict[str, Resident], today: date) -> dict[str, object]:
    human = one.human
    kids = [people["misha"].human] if one.code == "olga" else []
    return {
        "oid": one.oid,
        "family": human.name.family,
        "given": human.name.given,
        "patronymic": human.name.patronymic,
        "birth_on": human.born.isoformat(),
        "snils": show_snils(human.snils or ""),
        "gender": "M" if human.sex == "m" else "F",
        "email": one.email,
        "email_verified": bool(one.email) and one.is_email_verified,
        "level": one.level,
        "kids": [
            {
                "family": kid.name.family,
                "given": kid.name.given,
                "patronymic": kid.name.patronymic,
                "birth_on": kid.born.isoformat(),
                "snils": show_snils(kid.snils or ""),
                "gender": "M" if kid.sex == "m" else "F",
                "age": years(kid.born, today),
            }
            for kid in kids
        ],
        "note": one.note,
        "code": one.code,
        "group": "Родитель или опекун" if one.code in ("olga", "nikolay") else "",
    }
