"""Phone numbers as people say them, kept as E.164."""

from __future__ import annotations

import phonenumbers

from priyom.kernel.snils import digits

_CITY_CODE = "812"
"""Seven digits alone are a Saint Petersburg number."""


def normal_phone(text: str) -> str | None:
    """Return E.164 (+7XXXXXXXXXX) of what was typed, or None when it is no phone number."""
    plain = "".join("+" if sign == "+" else digits(sign) for sign in text)
    if len(plain) == 7:
        plain = f"+7{_CITY_CODE}{plain}"
    elif len(plain) == 10 and not plain.startswith("+"):
        plain = f"+7{plain}"
    elif len(plain) == 11 and plain[0] in "78":
        plain = f"+7{plain[1:]}"
    try:
        number = phonenumbers.parse(plain, "RU")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(e164: str) -> str:
    """Return +7 921 555-10-20 for +79215551020; anything else as it is."""
    if len(e164) == 12 and e164.startswith("+7"):
        return f"+7 {e164[2:5]} {e164[5:8]}-{e164[8:10]}-{e164[10:]}"
    return e164
