"""ОГРН: the number under which the state registered an organisation, and its check digit."""

from __future__ import annotations


def check_digit(twelve: str) -> str:
    """Return the last digit of the first twelve: the rest by 11, its own last digit."""
    return str(int(twelve) % 11 % 10)


def is_ogrn(text: str) -> bool:
    """Tell whether `text` is an ОГРН: 13 digits, the last one right."""
    return (
        len(text) == 13
        and text.isascii()
        and text.isdigit()
        and text[0] in "15"
        and check_digit(text[:12]) == text[12]
    )
