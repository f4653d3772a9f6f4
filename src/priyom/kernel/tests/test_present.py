"""A broken promise is named; what is there is passed on, zero and empty too."""

from __future__ import annotations

import pytest

from priyom.kernel.present import Absent, present


def test_what_is_there_is_passed_on() -> None:
    assert present(0, "number") == 0
    assert present("", "words") == ""


def test_a_broken_promise_is_named() -> None:
    with pytest.raises(Absent, match="conclusions_signed_pdf"):
        present(None, "conclusions_signed_pdf")
