"""The made city: the same each time, with numbers that hold and with what makes an index hard."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from priyom.demo.city import MOST, PIECE, Citizen, citizens
from priyom.demo.surnames import surnames
from priyom.kernel.phones import normal_phone
from priyom.kernel.snils import is_enp, is_snils
from priyom.patients.rules import CardData, faults

COUNT = 3_000


@pytest.fixture(scope="module")
def people() -> list[Citizen]:
    return list(citizens(COUNT))


def test_the_same_people_each_time_and_from_any_place(people: list[Citizen]) -> None:
    assert list(citizens(COUNT, begin=2_990)) == people[2_990:]
    assert [one.number for one in people] == list(range(1, COUNT + 1))
    over = list(citizens(PIECE + 3, begin=PIECE - 3))
    assert [one.number for one in over] == list(range(PIECE - 2, PIECE + 4))


def test_numbers_hold_and_repeat_nowhere(people: list[Citizen]) -> None:
    for name, holds in (("snils", is_snils), ("enp", is_enp)):
        numbers = [getattr(one, name) for one in people if getattr(one, name)]
        assert all(holds(number) for number in numbers)
        assert len(set(numbers)) == len(numbers) > 0.95 * COUNT
    assert {normal_phone(one.phone) for one in people if one.phone} == {
        one.phone for one in people if one.phone
    }


def test_every_card_is_a_sound_one(people: list[Citizen]) -> None:
    for one in people:
        card = CardData(
            one.family, one.given, one.born, one.sex, one.patronymic, one.snils, one.enp,
            one.document, one.address, one.phone, one.email,
        )  # fmt: skip
        assert faults(card, date(2026, 1, 1)) == [], one


def test_families_are_as_frequent_as_in_life(people: list[Citizen]) -> None:
    men, women, sums = surnames()
    assert len(set(men)) == len(men) == len(women) == len(sums) == 45_000
    counts = Counter(one.family for one in people)
    assert counts.most_common(1)[0][1] < 0.02 * COUNT
    assert len(counts) > 0.3 * COUNT


def test_there_are_namesakes_twins_and_sons_called_as_their_fathers(people: list[Citizen]) -> None:
    homes: dict[str, list[Citizen]] = {}
    for one in people:
        homes.setdefault(one.address, []).append(one)
    twins = sons = 0
    for home in homes.values():
        for first, second in pairwise(home):
            twins += first.born == second.born
        sons += any(
            a.given == b.given and a.family == b.family and a.sex == b.sex == "m"
            for a in home for b in home if a.number < b.number
        )  # fmt: skip
    assert twins > 0
    assert sons > 5


def test_more_than_numbers_allow_is_refused() -> None:
    with pytest.raises(ValueError, match="At most"):
        next(citizens(MOST + 1))
