"""Codes are found as doctors type them."""

from __future__ import annotations

import pytest

from priyom.icd10 import actions, queries
from priyom.icd10.models import Code, Favourite, Synonym
from priyom.icd10.reading import Classification, Named
from priyom.icd10.rules import beginnings, flipped, split_diagnosis, stem_of, words_of
from priyom.kernel.actor import SYSTEM
from priyom.kernel.refusal import Refusal
from priyom.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _codes(typed: str) -> list[str]:
    return [one.code for one in queries.search(typed)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("j06", "J06.0"),
        ("J06,9", "J06.9"),
        ("М54.5", "M54.5"),
        ("J06.9 остр", "J06.9"),
        ("бронхит остр", "J20.9"),
        ("боль внизу", "M54.5"),
        ("железодеф анем", "D50.9"),
        ("j", "J00"),
        ("острого бронхита", "J20.9"),
        ("боли в горле", "R07.0"),
        ("мигрени без ауры", "G43.0"),
        ("в12", "D51.9"),
        ("b12 дефиц", "D51.9"),
        ("о06.9", "J06.9"),
        ("ш10", "I10"),
        ("lbf,tn", "E11.9"),
        ("vbuhtym", "G43.9"),
        ("бранхит острый", "J20.9"),
        ("голавная боль", "R51"),
    ],
)
def test_finds_by_code_or_words(typed: str, code: str) -> None:
    assert code in _codes(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("давление", "I10"),
        ("давлени", "I10"),
        ("ОРВИ", "J06.9"),
        ("ковид", "U07.1"),
        ("диабет 2 типа", "E11.9"),
        ("понос", "A09.9"),
        ("мочекаменная", "N20.0"),
    ],
)
def test_everyday_words_come_first(typed: str, code: str) -> None:
    assert _codes(typed)[0] == code


@pytest.mark.parametrize(
    "typed", ["", "   ", "щъщ", "%_", "J99.9 нет такого", "🙂", "(", "\\", ":*", "&|!", "<->"]
)
def test_finds_nothing_for_nothing(typed: str) -> None:
    assert queries.search(typed) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [("бранхит", "J20.9"), ("бранх", "J20.9"), ("мигрен", ""), ("гострит", "K29.7"),
     ("пнивмания", "J18.9"), ("остиохондроз", "M42.1"), ("астрый бронхит", "J20.9"),
     ("крапевница", "L50.9"), ("сахорный диабет", "E11.9")],
)  # fmt: skip
def test_a_typo_is_said_to_be_one(typed: str, code: str) -> None:
    found = queries.search(typed, rows=40)
    assert found
    assert all(one.is_near is bool(code) for one in found)
    assert not code or code in [one.code for one in found]


def test_frequent_codes_stand_before_rare_ones() -> None:
    """Bronchitis of a moth's dust would be shorter, but nobody has it."""
    actions.load(SYSTEM, _edition(("J68.0", "Бронхит острый")), is_part=True)
    found = _codes("бронхит острый")
    assert found.index("J20.9") < found.index("J68.0")


def test_headings_and_left_codes_are_not_offered() -> None:
    read = _edition(
        ("G43", "Мигрень"), ("G43.8", "Другая мигрень"), ("G43.9", "Мигрень неуточненная")
    )
    actions.load(SYSTEM, read, is_part=True)
    assert "G43" not in _codes("мигрень")
    assert "G43" not in _codes("g43")
    gone = Classification("2.28", (Named("G43.8", "Другая мигрень", is_actual=False),), 0, ())
    actions.load(SYSTEM, gone, is_part=True)
    assert "G43.8" not in _codes("мигрень")


def test_favourites_come_first_and_are_ones_own(cast: Cast) -> None:
    boris, other = cast.boris.actor, cast.darya.actor
    actions.favour(boris, "J04.0", is_wanted=True)
    actions.favour(boris, "J04.0", is_wanted=True)
    assert queries.search("острый", boris.doctor)[0].code == "J04.0"
    assert [one.code for one in queries.favourites(boris.consultant)] == ["J04.0"]
    assert queries.search("острый", other.doctor)[0].code != "J04.0"
    actions.favour(boris, "J04.0", is_wanted=False)
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("code", ["J99.8", "", "x" * 300])
def test_what_is_no_code_is_no_favourite(cast: Cast, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.favour(cast.boris.actor, code, is_wanted=True)
    assert refused.value.status == 404


def test_who_is_no_doctor_has_no_favourites(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        actions.favour(cast.vera.actor, "J04.0", is_wanted=True)
    assert refused.value.status == 404


def test_each_everyday_word_leads_to_a_code_that_is_offered() -> None:
    for one in Synonym.objects.all():
        assert one.code_id in _codes(one.key), one.key


def test_each_name_finds_its_own_code() -> None:
    """Whoever types the whole name gets it, among as many rows as are shown."""
    for one in Code.objects.filter(is_heading=False)[::7]:
        assert one.code in _codes(one.name), one


def test_words_are_compared_in_one_form() -> None:
    assert words_of("Витамин-B12, остр. ЁЖ") == ("витамин", "в12", "остр", "еж")
    assert flipped("Lbf,tn") == "диабет"
    assert flipped("ш10") == "i10"
    assert [stem_of(one) for one in ("бронхита", "бронхит", "острого", "мия", "аг")] == [
        "бронхит", "бронхит", "остр", "мия", "аг",
    ]  # fmt: skip
    assert beginnings("О06,") == ("O06.", "J06.")
    assert beginnings("горло") == ()
    assert split_diagnosis("щ10 слово") == ("", "щ10 слово")


def _edition(*pairs: tuple[str, str]) -> Classification:
    codes = tuple(Named(code, name, is_actual=True) for code, name in pairs)
    return Classification("2.27", codes, 0, ())
