"""A fault in the log tells where, never whose."""

import logging
import sys

from priyom.kernel.logs import Plain

SAID = 'key "one_snils"\nDETAIL:  Key (snils, complaint)=(11223344595, нога\nболит) exists.'


def test_values_of_a_row_are_not_logged() -> None:
    try:
        raise ValueError(SAID)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "fault", None, sys.exc_info())
    said = Plain("%(levelname)s %(message)s").format(record)
    assert "one_snils" in said
    assert "11223344595" not in said
    assert "болит" not in said
