"""What this index finds: FHIR's search by parameters, and $match with a grade and a score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from simulators.index.people import Json, Person

GRADES = ((0.95, "certain"), (0.8, "probable"), (0.5, "possible"))
EARLIEST = date(1900, 1, 1)
PREFIXES = ("eq", "ge", "le", "gt", "lt")


@dataclass(frozen=True)
class Issue:
    """Why a request is refused, as an OperationOutcome tells it."""

    code: str
    text: str
    status: int = 422
    severity: str = "error"

    def outcome(self) -> Json:
        """Return the resource."""
        issue = {"severity": self.severity, "code": self.code, "diagnostics": self.text}
        return {"resourceType": "OperationOutcome", "issue": [issue]}


class Refused(Exception):
    """A request that the index does not take."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


def plain(text: str) -> str:
    """Return text as FHIR compares strings: no case, no accents, ё as е."""
    return " ".join(text.lower().replace("ё", "е").split())


def by_identifier(people: Iterable[Person], asked: str) -> list[Person]:
    """Return those with one of the identifiers «system|value,system|value» or «value»."""
    wanted = [one.rpartition("|") for one in asked.split(",")]
    return [
        person
        for person in people
        if any(
            value == kept and (not bar or system == kept_system)
            for system, bar, value in wanted
            for kept_system, kept in person.identifiers
        )
    ]


def by_name(people: Iterable[Person], family: str, given: Sequence[str]) -> list[Person]:
    """Return those whose names begin so; several given names all have to be there."""
    return [
        person
        for person in people
        if plain(person.family).startswith(plain(family))
        and all(
            any(plain(name).startswith(plain(one)) for name in (person.given, person.patronymic))
            for one in given
        )
    ]


def by_birth(people: Iterable[Person], asked: Sequence[str]) -> list[Person]:
    """Return those born in all of the given ranges: «1984-03-12», «ge1984-01-01», «1984»."""
    bounds = [_range(one) for one in asked]
    return [
        person
        for person in people
        if person.birth_on
        and all(since <= date.fromisoformat(person.birth_on) <= until for since, until in bounds)
    ]


def _range(text: str) -> tuple[date, date]:
    prefix, day = (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)
    try:
        since, until = _days(day)
    except ValueError:
        raise Refused(Issue("value", f"birthdate «{text}» is no date", 400)) from None
    return {
        "eq": (since, until),
        "ge": (since, date.max),
        "gt": (min(until, date.max - timedelta(1)) + timedelta(1), date.max),
        "le": (date.min, until),
        "lt": (date.min, max(since, date.min + timedelta(1)) - timedelta(1)),
    }[prefix]


def _days(text: str) -> tuple[date, date]:
    """Return the first and the last day of «1984», «1984-03» or «1984-03-12»."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        first = date(parts[0], parts[1], 1)
        return first, (first + timedelta(31)).replace(day=1) - timedelta(1)
    day = date.fromisoformat(text)
    return day, day


def sound(patient: Json, today: date) -> None:
    """Raise Refused for a Patient that the index does not take (domain.md 2.9)."""
    names = patient.get("name") or [{}]
    if not str(names[0].get("family") or "").strip():
        raise Refused(Issue("required", "Patient.name.family"))
    if not any(str(name).strip() for name in names[0].get("given") or ()):
        raise Refused(Issue("required", "Patient.name.given"))
    if not patient.get("birthDate"):
        raise Refused(Issue("required", "Patient.birthDate"))
    try:
        born = date.fromisoformat(str(patient["birthDate"]))
    except ValueError:
        raise Refused(Issue("value", "Patient.birthDate is no date")) from None
    if born <= EARLIEST:
        raise Refused(Issue("business-rule", "Patient.birthDate is not after 1900-01-01"))
    if born > today:
        raise Refused(Issue("business-rule", "Patient.birthDate has not come yet"))
    if not patient.get("managingOrganization"):
        raise Refused(Issue("required", "Patient.managingOrganization"))


def match(people: Iterable[Person], patient: Json) -> Iterator[tuple[Person, float, str]]:
    """Yield (person, score, grade), the likeliest first."""
    scored = [(person, _score(person, patient)) for person in people]
    for person, score in sorted(scored, key=lambda pair: -pair[1]):
        for least, grade in GRADES:
            if score >= least:
                yield person, round(score, 3), grade
                break


def _score(person: Person, patient: Json) -> float:
    name = patient["name"][0]
    given = [*map(str, name["given"]), ""]
    score = 0.35 * _alike(person.family, str(name["family"]))
    score += 0.2 * _alike(person.given, given[0])
    score += 0.35 * (person.birth_on == patient["birthDate"])
    if given[1] and person.patronymic:
        score += 0.1 * _alike(person.patronymic, given[1])
    else:
        score += 0.05
    numbers = {(one.get("system"), one.get("value")) for one in patient.get("identifier") or ()}
    return 1.0 if numbers & set(person.identifiers) else score


def _alike(one: str, other: str) -> float:
    """Return 1 for the same word, 0.6 for one letter off, else 0."""
    one, other = plain(one), plain(other)
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or len(short) < 3:
        return 0.0
    if len(long) == len(short):
        off = sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    else:
        off = any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    return 0.6 if off else 0.0
