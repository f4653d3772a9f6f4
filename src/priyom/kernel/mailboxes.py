"""Typing mistakes in e-mail addresses, as people read them out: a question, never a correction."""

from __future__ import annotations

from difflib import get_close_matches

from priyom.kernel.names import LOOKALIKES

KNOWN = (
    "mail.ru", "yandex.ru", "ya.ru", "gmail.com", "inbox.ru", "list.ru", "bk.ru", "rambler.ru",
    "icloud.com", "outlook.com", "hotmail.com", "vk.com", "internet.ru", "xmail.ru", "mail.com",
    "yahoo.com", "live.com", "live.ru", "me.com", "mac.com", "proton.me", "protonmail.com",
    "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "narod.ru", "lenta.ru", "ro.ru",
    "autorambler.ru", "myrambler.ru", "ukr.net", "tut.by", "mail.kz", "mail.by", "msn.com",
    "googlemail.com", "aol.com", "gmx.de", "gmx.net", "sberbank.ru", "spb.ru", "zdrav.spb.ru",
)  # fmt: skip
"""Mail domains that people in Russia mostly have; what is one of them is never asked about."""
MEANT = {"gmail.ru": "gmail.com", "gmail.com.ru": "gmail.com", "icloud.ru": "icloud.com",
         "hotmail.ru": "hotmail.com", "outlook.ru": "outlook.com", "yandex": "yandex.ru",
         "mail": "mail.ru", "gmail": "gmail.com"}  # fmt: skip
"""Domains that are near to two known ones, or no domains at all, and what nearly all mean."""
ENDINGS = {"ry": "ru", "ri": "ru", "tu": "ru", "eu.ru": "ru", "rru": "ru", "ruu": "ru",
           "con": "com", "cim": "com", "vom": "com", "cmo": "com", "comm": "com",
           "ком": "com", "ру": "ru"}  # fmt: skip
NEAR = 0.82
"""How alike two domains must be: one letter in seven, or two neighbours that changed places."""


def suggest(address: str) -> str:
    """Return the address that was probably meant, or "" when nothing looks mistyped."""
    plain = "".join(address.split()).rstrip(".,;").replace(",", ".")
    name, at, domain = plain.rpartition("@")
    if not at or not name or not domain:
        return ""
    meant = f"{_latin(name)}@{_domain(domain.lower().removeprefix('www.'))}"
    return "" if meant.lower() == address.strip().lower() else meant


def _domain(text: str) -> str:
    if text in KNOWN:
        return text
    mostly = _latin(text)
    for wrong, right in ENDINGS.items():
        if mostly.endswith(f".{wrong}"):
            mostly = f"{mostly.removesuffix(wrong)}{right}"
            break
    if mostly in MEANT:
        return MEANT[mostly]
    near = get_close_matches(mostly, KNOWN, n=1, cutoff=NEAR)
    return near[0] if near else mostly


def _latin(text: str) -> str:
    """Return the text in Latin where single Russian letters only look like it; else as it is."""
    russian = {russian: latin for latin, russian in LOOKALIKES.items()}
    made = "".join(russian.get(sign, sign) for sign in text)
    is_latin = any("a" <= sign.lower() <= "z" for sign in text)
    return made if is_latin and made.isascii() else text
