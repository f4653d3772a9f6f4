"""What is never missing where it is read, because something else promises it."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")


class Absent(LookupError):
    """A value is missing that a constraint or a query promised; its message names the promise."""


def present(value: Value | None, by: str) -> Value:
    """Return the value, which `by` (a constraint's name, or what was asked for) promises.

    Raises Absent: a fault of the program or of the base, no answer to a person.
    """
    if value is None:
        raise Absent(by)
    return value
