"""The people of the demo's index: families with one address, namesakes, doubles, rare names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from priyom.demo import names
from priyom.demo.dice import Dice
from priyom.demo.names import Name
from priyom.demo.signs import latin, valid_enp, valid_snils
from priyom.kernel.clock import MOSCOW

STREETS = (
    "пр. Ударников", "ул. Хасанская", "Индустриальный пр.", "ул. Коммуны", "пр. Энтузиастов",
    "Ленинская ул.", "пр. Косыгина", "ул. Передовиков", "Суворовский пр.", "Кирочная ул.",
    "ул. Некрасова", "Греческий пр.", "Лиговский пр.", "ул. Маяковского", "Тверская ул.",
    "Гражданский пр.", "ул. Вавиловых", "Тихорецкий пр.", "ул. Бутлерова", "пр. Науки",
    "Светлановский пр.", "Кондратьевский пр.", "пр. Металлистов", "Полюстровский пр.",
    "ул. Жукова", "пр. Маршала Блюхера", "Среднеохтинский пр.", "Новочеркасский пр.",
)  # fmt: skip
_CODES = ("921", "911", "931", "981", "904", "950", "952", "960", "999", "905")
_MAILS = ("mail.example", "pochta.example", "post.example", "inbox.example")
ADULT = 18


@dataclass(frozen=True, slots=True)
class Human:
    """One card to be; numbers are None when the card has none, texts "" when unknown."""

    key: UUID
    name: Name
    born: date
    sex: str
    snils: str | None
    enp: str | None
    document: str
    address: str
    phone: str
    email: str
    clinic: UUID | None
    is_temporary: bool = False


REGISTRY_OFFICE = "ЗАГС Невского района"


@dataclass(frozen=True, slots=True)
class Bond:
    """Who stands for whom: `relation` is mother, father or guardian."""

    child: UUID
    person: UUID
    relation: str
    proof: str
    """Kind of the paper (patients.standing.Proof)."""
    number: str
    issued_by: str
    issued_on: date
    valid_until: date | None = None


@dataclass
class Region:
    """All cards and bonds of the index."""

    humans: list[Human] = field(default_factory=list)
    bonds: list[Bond] = field(default_factory=list)


class Maker:
    """Makes people one household after another; numbers never repeat."""

    def __init__(self, dice: Dice, today: date, clinics: list[UUID], count: int) -> None:
        self.dice = dice
        self.today = today
        self.clinics = clinics
        self.region = Region()
        self._snils = iter(dice.sample(range(2_000_000, 110_000_000), count + 500))
        self._enp = iter(dice.sample(range(10**13), count + 500))

    def everybody(self, count: int) -> Region:
        """Return a region of at least `count` people, with what makes an index hard."""
        self._abroad(count // 100)
        for household in self._households():
            household()
            if len(self.region.humans) >= count * 0.985:
                break
        self._namesakes(count // 300)
        self._doubles(count // 400)
        while len(self.region.humans) < count:
            self._alone()
        return self.region

    def _households(self) -> Iterator[Callable[[], None]]:
        kinds = (self._family, self._couple, self._alone, self._mother, self._eastern)
        while True:
            yield from self.dice.choices(kinds, weights=(30, 24, 32, 8, 3), k=500)

    def person(self, name: Name, born: date, sex: str, home: str, **more: Any) -> Human:
        """Add one card with numbers, phone and mail as people of that age have them."""
        dice, age = self.dice, (self.today - born).days // 365
        human = Human(
            key=dice.key(self._made_at()),
            name=name,
            born=born,
            sex=sex,
            snils=valid_snils(next(self._snils)) if dice.often(0.98) else None,
            enp=valid_enp(780_000_000_000_000 + next(self._enp) % 10**13)
            if dice.often(0.97)
            else None,
            document=self._document(age),
            address=home,
            phone=self.phone(age),
            email=self._mail(name, born, age),
            clinic=dice.choice(self.clinics) if dice.often(0.82) else None,
        )
        human = replace(human, **more) if more else human
        self.region.humans.append(human)
        return human

    def born(self, youngest: int, oldest: int) -> date:
        """Return a birth date of somebody of that age."""
        days = self.dice.randint(youngest * 365 + youngest // 4, oldest * 365 + oldest // 4)
        return self.today - timedelta(days=days)

    def home(self) -> str:
        """Return an address inside the city."""
        street = self.dice.choice(STREETS)
        return f"{street}, {self.dice.randint(1, 120)}, кв. {self.dice.randint(1, 240)}"

    def phone(self, age: int) -> str:
        """Return E.164; old people often have a landline, children their mother's (none here)."""
        if age < 12:
            return ""
        if age > 70 and self.dice.often(0.4):
            return f"+7812{self.dice.randint(2_200_000, 7_999_999)}"
        return f"+7{self.dice.choice(_CODES)}{self.dice.randint(1_000_000, 9_999_999)}"

    def grown(self, sex: str, family: str, born: date) -> Name:
        """Return a name of somebody born then; one in fifty has no patronymic."""
        father = names.given(self.dice, "m", born.year - 27)
        middle = names.patronymic(father, sex) if self.dice.often(0.985) else ""
        shown = names.feminine(family) if sex == "f" else family
        return Name(shown, names.given(self.dice, sex, born.year), middle)

    def child(self, mother: Human, father: Human | None, family: str) -> Human:
        """Add a child of these parents, and whose word counts for it."""
        dice = self.dice
        sex = "m" if dice.often(0.51) else "f"
        born = self.born(0, min(17, max(1, (self.today - mother.born).days // 365 - 18)))
        middle = names.patronymic((father or mother).name.given if father else "Сергей", sex)
        shown = names.feminine(family) if sex == "f" else family
        name = Name(shown, names.given(dice, sex, born.year), middle)
        child = self.person(
            name, born, sex, mother.address, clinic=mother.clinic,
            phone=mother.phone if dice.often(0.6) else "",
        )  # fmt: skip
        paper = ("birth", child.document.replace(":", " "), REGISTRY_OFFICE, child.born)
        self.region.bonds.append(Bond(child.key, mother.key, "mother", *paper))
        if father and dice.often(0.7):
            self.region.bonds.append(Bond(child.key, father.key, "father", *paper))
        return child

    def _family(self) -> None:
        father, mother, family = self._pair(24, 50)
        for _ in range(self.dice.choices((1, 2, 3), weights=(55, 37, 8))[0]):
            self.child(mother, father, family)

    def _couple(self) -> None:
        self._pair(28, 86)

    def _pair(self, youngest: int, oldest: int) -> tuple[Human, Human, str]:
        family, home = names.family(self.dice), self.home()
        born = self.born(youngest, oldest)
        his = born - timedelta(days=self.dice.randint(-900, 2200))
        father = self.person(self.grown("m", family, his), his, "m", home)
        mother = self.person(self.grown("f", family, born), born, "f", home, clinic=father.clinic)
        return father, mother, family

    def _alone(self) -> None:
        sex = "f" if self.dice.often(0.58) else "m"
        born = self.born(18, 95)
        self.person(self.grown(sex, names.family(self.dice), born), born, sex, self.home())

    def _mother(self) -> None:
        family, born = names.family(self.dice), self.born(21, 45)
        mother = self.person(self.grown("f", family, born), born, "f", self.home())
        self.child(mother, None, family)

    def _eastern(self) -> None:
        family, home = self.dice.choice(names.EASTERN), self.home()
        for sex in ("m", "f"):
            given = self.dice.choice(names.EASTERN_GIVEN[sex])
            father = self.dice.choice(names.EASTERN_GIVEN["m"])
            tail = self.dice.choice(
                (
                    "",
                    names.patronymic(father, sex),
                    f"{father} {'оглы' if sex == 'm' else 'кызы'}",
                )
            )
            shown = names.feminine(family) if sex == "f" else family
            self.person(Name(shown, given, tail), self.born(20, 60), sex, home)

    def _abroad(self, count: int) -> None:
        for number in range(count):
            family, given, sex = names.ABROAD[number % len(names.ABROAD)]
            self.person(
                Name(family, given), self.born(19, 60), sex, self.home(),
                document=f"P{self.dice.randint(10**7, 10**8 - 1)}",
                snils=None if self.dice.often(0.6) else valid_snils(next(self._snils)),
            )  # fmt: skip

    def _namesakes(self, count: int) -> None:
        """Different people with one name and one birth date: only numbers and address differ."""
        grown = [human for human in self.region.humans if human.snils and human.name.patronymic]
        for human in self.dice.sample(grown, count):
            self.person(human.name, human.born, human.sex, self.home())

    def _doubles(self, count: int) -> None:
        """A second card of one person, made in a hurry: no numbers, е for ё, the same phone."""
        for human in self.dice.sample(self.region.humans, count):
            plain = Name(*(part.replace("ё", "е") for part in _parts(human.name)))
            self.person(
                plain, human.born, human.sex, "", snils=None, enp=None, document="",
                phone=human.phone, email="", clinic=None, is_temporary=True,
            )  # fmt: skip

    def _made_at(self) -> datetime:
        day = self.today - timedelta(days=self.dice.randint(30, 2500))
        return datetime.combine(day, time(9, self.dice.randint(0, 59)), MOSCOW)

    def _document(self, age: int) -> str:
        number = self.dice.randint(100_000, 999_999)
        if age < 14:
            series = self.dice.choice(("II-АК", "III-МЮ", "IV-АК", "V-МЮ"))
            return f"{series}:{number}"
        return f"{self.dice.choice(('40', '41'))}{self.dice.randint(0, 25):02d}:{number}"

    def _mail(self, name: Name, born: date, age: int) -> str:
        if age < ADULT or not self.dice.often(0.75 if age < 55 else 0.3):
            return ""
        host = self.dice.choice(_MAILS)
        return f"{latin(name.given)}.{latin(name.family)}{born:%y}@{host}"


def _parts(name: Name) -> tuple[str, str, str]:
    return name.family, name.given, name.patronymic
