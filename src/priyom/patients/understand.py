"""What a registrar typed into the one field of the index, understood; pure, never raises."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from priyom.kernel.names import compare_key
from priyom.kernel.phones import normal_phone, show_phone
from priyom.kernel.snils import control, digits, is_enp, is_snils, show_snils
from priyom.patients.rules import normal_document

LONGEST = 200
_LAST_SHORT_YEAR = 30
SHORTEST_FAMILY = 3
"""Letters of a family alone from which a search as-you-type begins."""


class QueryKind(StrEnum):
    """What is sought; the audit keeps this, never the words."""

    EMPTY = "empty"
    SHORT = "short"
    NUMBER = "number"
    PERSON = "person"


@dataclass(frozen=True)
class Reading:
    """One way to read the words, as compare keys. `how` is Russian, "" for the plain way."""

    family: str
    given: str = ""
    patronymic: str = ""
    how: str = ""


@dataclass(frozen=True)
class Query:
    """What to look for. Numbers are alternatives of one typed number, `readings` are in order.

    `since` and `until` bound the birth date (both included). `remark` is a Russian sentence on
    what looks wrong in the text itself.
    """

    kind: QueryKind
    snils: str = ""
    enp: str = ""
    document: str = ""
    phone: str = ""
    policy: str = ""
    """As an older policy's number, beside the ЕНП."""
    readings: tuple[Reading, ...] = ()
    born: date | None = None
    year: int | None = None
    remark: str = ""

    @property
    def since(self) -> date:
        """First possible birth date."""
        return self.born or date(self.year or 1900, 1, 1)

    @property
    def until(self) -> date:
        """Last possible birth date."""
        return self.born or date(self.year or 2200, 12, 31)

    def meaning(self, reading: Reading | None = None) -> tuple[tuple[str, str], ...]:
        """Return how the text was understood: («фамилия», «иванова»), («год рождения», «1984»)."""
        reading = reading or (self.readings[0] if self.readings else Reading(""))
        parts = (
            ("СНИЛС", show_snils(self.snils)),
            ("полис", self.enp or self.policy),
            ("документ", self.document.replace(":", " ")),
            ("телефон", show_phone(self.phone)),
            ("фамилия", reading.family),
            ("имя", reading.given),
            ("отчество", reading.patronymic),
            ("дата рождения", f"{self.born:%d.%m.%Y}" if self.born else ""),
            ("год рождения", str(self.year) if self.year and not self.born else ""),
        )
        return tuple((label, value) for label, value in parts if value)


_DATE = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d\d)(?![\d.-])")
_SNILS = re.compile(r"\d{3}-\d{3}-\d{3}\D?\d\d")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:\s*г\.?(?:\s*р\.?)?)?(?!\w)")
_LABELS = re.compile(
    r"\b(?:снилс|енп|омс|полис|паспорт|пасп|телефон|тел|д\.?\s?р)\b\.?:?", re.IGNORECASE
)
_NUMBER = re.compile(r"[\d\s()+.№:/–—-]+")
_CERTIFICATE = re.compile(r"[ivxlc]+[ -]?[а-я]{2}\W*\d{6}", re.IGNORECASE)

_ONLY_YEAR = "Добавьте фамилию: по одному году не найти."
_NO_WORDS = "Впишите фамилию, СНИЛС, полис, паспорт или телефон."

_EN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RU = "йцукенгшщзхъфывапролджэячсмитьбюё"
_LAYOUT = str.maketrans(_EN, _RU)
_TRANSLIT = (
    ("shch", "щ"), ("sch", "щ"), ("yo", "е"), ("jo", "е"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"),
    ("ch", "ч"), ("sh", "ш"), ("yu", "ю"), ("iu", "ю"), ("ju", "ю"), ("ya", "я"), ("ia", "я"),
    ("ja", "я"), ("ye", "е"), ("ie", "ие"), ("a", "а"), ("b", "б"), ("v", "в"), ("w", "в"),
    ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"),
    ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("f", "ф"), ("h", "х"), ("c", "к"), ("x", "кс"), ("q", "к"), ("y", "ы"), ("'", "ь"),
)  # fmt: skip


def understand(text: str) -> Query:
    """Return what the text asks for: a person by words and birth, or a card by a number."""
    text = unicodedata.normalize("NFC", text)[:LONGEST].replace("\0", " ").strip()
    if not text:
        return Query(QueryKind.EMPTY)
    bare = _LABELS.sub(" ", text).strip()
    if _CERTIFICATE.fullmatch(bare):
        return Query(QueryKind.NUMBER, document=normal_document(bare))
    rest, born = _take_date(bare)
    if born is None and _NUMBER.fullmatch(bare):
        return _number(bare)
    rest, year = (rest, None) if born else _take_year(rest)
    readings = _readings(rest)
    if not readings and born is None:
        return Query(QueryKind.SHORT, year=year, remark=_ONLY_YEAR if year else _NO_WORDS)
    first = readings[0] if readings else None
    alone = first and not first.given and born is None and year is None
    if first and alone and len(first.family) < SHORTEST_FAMILY:
        return Query(QueryKind.SHORT, readings=readings, remark="Ещё хотя бы одну-две буквы.")
    return Query(QueryKind.PERSON, readings=readings, born=born, year=year)


def _take_date(text: str) -> tuple[str, date | None]:
    for pattern, order in ((_DATE, (3, 2, 1)), (_ISO, (1, 2, 3))):
        found = pattern.search(text)
        if found:
            born = _real(*(int(found[group]) for group in order))
            if born:
                return text[: found.start()] + " " + text[found.end() :], born
    packed = re.search(r"(?<!\d)(\d{2})(\d{2})((?:19|20)\d\d)(?!\d)", text)
    born = _real(int(packed[3]), int(packed[2]), int(packed[1])) if packed else None
    if packed and born:
        return text[: packed.start()] + " " + text[packed.end() :], born
    return text, None


def _real(year: int, month: int, day: int) -> date | None:
    """Return the date, or None when there is none; «84» is 1984, «12» is 2012."""
    if year < 100:
        year += 2000 if year <= _LAST_SHORT_YEAR else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _take_year(text: str) -> tuple[str, int | None]:
    found = _YEAR.search(text)
    if not found:
        return text, None
    return text[: found.start()] + " " + text[found.end() :], int(found[1])


def _number(text: str) -> Query:
    """Understand a text of digits alone by its length and form; one text may be two kinds."""
    plain = digits(text)
    year = re.fullmatch(r"(?:19|20)\d\d", plain)
    if year:
        return Query(QueryKind.SHORT, year=int(plain), remark=_ONLY_YEAR)
    if len(plain) == 16:
        remark = "" if is_enp(plain) else "Контрольная цифра полиса не сходится: проверьте номер."
        return Query(QueryKind.NUMBER, enp=plain, policy=plain, remark=remark)
    if len(plain) == 11:
        return _eleven(text, plain)
    if len(plain) == 10:
        looks_split = bool(re.fullmatch(r"\d\d ?\d\d\D+\d{6}", text.strip()))
        phone = "" if looks_split or plain[0] not in "3489" else (normal_phone(plain) or "")
        return Query(QueryKind.NUMBER, document=f"{plain[:4]}:{plain[4:]}", phone=phone)
    if len(plain) == 9:
        return Query(QueryKind.NUMBER, snils=plain + control(plain), policy=plain)
    if len(plain) == 7:
        return Query(QueryKind.NUMBER, phone=normal_phone(plain) or "")
    return Query(
        QueryKind.SHORT,
        remark="Для поиска по номеру нужно: СНИЛС 11 цифр, полис 16, паспорт 10, телефон 10 или 7.",
    )


def _eleven(text: str, plain: str) -> Query:
    is_written_as_snils = _SNILS.fullmatch(text.strip()) is not None
    phone = "" if plain[0] not in "78" or is_written_as_snils else (normal_phone(plain) or "")
    if "+" in text or "(" in text:
        return Query(QueryKind.NUMBER, phone=phone)
    if is_snils(plain):
        return Query(QueryKind.NUMBER, snils=plain, phone=phone)
    if phone:
        return Query(QueryKind.NUMBER, phone=phone)
    return Query(
        QueryKind.NUMBER,
        snils=plain,
        remark="Контрольная сумма СНИЛС не сходится: проверьте цифры.",
    )


def _readings(text: str) -> tuple[Reading, ...]:
    """Return the ways to read the words: as typed, names swapped, two-part family, from Latin."""
    typed = _words(text)
    ways = list(_orders(typed, ""))
    if typed and not re.search("[а-яё]", text, re.IGNORECASE):
        ways += _orders(_words(_from_latin(text.lower())), "набрано латиницей")
        ways += _orders(_words(text.lower().translate(_LAYOUT)), "в английской раскладке")
    once = {(way.family, way.given, way.patronymic): way for way in reversed(ways)}
    return tuple(way for way in ways if once[way.family, way.given, way.patronymic] is way)


def _words(text: str) -> list[str]:
    """Return compare keys; a hyphenated name stays one word («смирнов волков»)."""
    kept = re.sub(r"[^\w\s.'’`;\[\],-]|[\d_]", " ", text)
    words = []
    for part in re.split(r"[\s.,]+", re.sub(r"\s*-\s*", "-", kept)):
        key = compare_key(part.strip("-'’`;[]"))
        if key:
            words.append(key)
    return words[:5]


def _orders(words: list[str], how: str) -> tuple[Reading, ...]:
    if not words:
        return ()
    if len(words) == 1:
        return (Reading(words[0], how=how),)
    swapped = ", ".join(filter(None, (how, "имя и фамилия наоборот")))
    ways = [Reading(words[0], words[1], " ".join(words[2:3]), how)]
    if len(words) == 2:
        ways.append(Reading(words[1], words[0], how=swapped))
    else:
        ways.append(Reading(words[2], words[0], words[1], swapped))
        ways.append(Reading(words[1], words[0], words[2], swapped))
        ways.append(Reading(words[0], f"{words[1]} {words[2]}", " ".join(words[3:4]), how))
    double = f"{words[0]} {words[1]}"
    ways.append(Reading(double, " ".join(words[2:3]), " ".join(words[3:4]), how))
    return tuple(ways)


def _from_latin(text: str) -> str:
    """Return the usual Cyrillic of a Latin spelling: ivanova → иванова, sergeev → сергеев."""
    text = re.sub(r"(?<=[bcdfghjklmnpqrstvwxz])(iy|yy|ij)\b", "ий", text)
    text = re.sub(r"(?<=[aeiouy])y(?![aeiou])|\biy\b", "й", text)
    for latin, russian in _TRANSLIT:
        text = text.replace(latin, russian)
    return text
