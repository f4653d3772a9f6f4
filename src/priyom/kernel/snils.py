"""СНИЛС and ЕНП: the numbers that a person and a policy are known by, and their check digits."""

from __future__ import annotations

import unicodedata

_UNCHECKED_UP_TO = 1_001_998
"""Numbers up to 001-001-998 were given before there was a control sum."""


def digits(text: str) -> str:
    """Return only the digits of `text`, as ASCII: «٣» is 3, or one number would have two cards."""
    return "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())


def control(nine: str) -> str:
    """Return the two control digits of the first nine digits of a СНИЛС."""
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(nine))
    return f"{total % 101 % 100:02d}"


def is_snils(text: str) -> bool:
    """Tell whether `text` holds a СНИЛС of 11 digits with the right control sum."""
    plain = digits(text)
    if len(plain) != 11:
        return False
    return int(plain[:9]) <= _UNCHECKED_UP_TO or control(plain[:9]) == plain[9:]


def show_snils(plain: str) -> str:
    """Return 11 digits as people write them: 112-233-445 95."""
    return f"{plain[:3]}-{plain[3:6]}-{plain[6:9]} {plain[9:]}" if len(plain) == 11 else plain


def is_enp(text: str) -> bool:
    """Tell whether `text` holds a 16-digit ЕНП whose last digit is right (Luhn)."""
    plain = digits(text)
    if len(plain) != 16:
        return False
    total = 0
    for place, digit in enumerate(reversed(plain)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def enp_check_digit(fifteen: str) -> str:
    """Return the digit that makes a valid ЕНП of 15 digits."""
    return next(str(last) for last in range(10) if is_enp(f"{fifteen}{last}"))
