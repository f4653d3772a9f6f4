"""What people type is refused whole or kept whole; digits of any script are one number."""

from __future__ import annotations

from datetime import datetime

import pytest

from priyom.kernel import phones, snils, typed
from priyom.kernel.clock import MOSCOW
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.testing.clock import Clock

LACKING = Refusal("reason", RefusalKind.INVALID, "Напишите причину.", field="reason")


def test_required_keeps_everything_or_says_no() -> None:
    assert typed.required("  боль  ", LACKING) == "боль"
    for text, code in (("  ", "reason"), ("я" * 501, "typed.too_long")):
        with pytest.raises(Refusal) as refused:
            typed.required(text, LACKING)
        assert (refused.value.code, refused.value.field) == (code, "reason")


@pytest.mark.parametrize("text", ["", "24.11.2026", "9999-12-31", "0001-01-01", "٣"])
def test_day_outside_our_time_is_none(text: str) -> None:
    assert typed.day(text) is None


def test_a_moment_is_ahead_or_of_its_day(clock: Clock) -> None:
    clock.set(datetime(2026, 11, 24, 12, tzinfo=MOSCOW))
    assert typed.moment("15:30") == datetime(2026, 11, 24, 15, 30, tzinfo=MOSCOW)
    assert typed.moment("09:00") == datetime(2026, 11, 25, 9, tzinfo=MOSCOW)
    assert typed.moment("2026-11-26T10:15") == datetime(2026, 11, 26, 10, 15, tzinfo=MOSCOW)
    assert {typed.moment(odd) for odd in ("", "25:00", "завтра", "9999-12-31T10:00")} == {None}


def test_digits_of_every_script_are_one_number() -> None:
    for nought in "٠０०":
        shifted = "".join(chr(ord(nought) + int(sign)) for sign in "11223344595")
        assert snils.digits(shifted) == "11223344595"
        assert snils.is_snils(shifted)
    assert phones.normal_phone("٩٢١ ٥٥٥-١٠-٢٠") == "+79215551020"
    assert phones.normal_phone("921555102²") is None
