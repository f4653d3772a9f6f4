"""What a card may have more than one of: phones, e-mails, addresses, documents, policies; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from priyom.kernel.phones import normal_phone, show_phone
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.kernel.snils import digits, is_enp
from priyom.patients.rules import is_email, normal_document


class DetailKind(StrEnum):
    """What kind of fact it is; the search finds by all but addresses and e-mails."""

    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    DOCUMENT = "document"
    POLICY = "policy"


KINDS = {
    DetailKind.PHONE: "Телефон",
    DetailKind.EMAIL: "Почта",
    DetailKind.ADDRESS: "Адрес",
    DetailKind.DOCUMENT: "Документ",
    DetailKind.POLICY: "Полис",
}
FORMS: dict[DetailKind, dict[str, str]] = {
    DetailKind.PHONE: {"own": "свой", "home": "домашний", "work": "рабочий", "kin": "родных"},
    DetailKind.EMAIL: {"own": "своя", "work": "рабочая", "kin": "родных"},
    DetailKind.ADDRESS: {
        "living": "где живёт", "registered": "по прописке", "temporary": "временный",
    },
    DetailKind.DOCUMENT: {
        "passport": "паспорт РФ", "certificate": "свидетельство о рождении",
        "foreign": "документ другой страны", "residence": "вид на жительство",
        "other": "другой документ",
    },
    DetailKind.POLICY: {
        "single": "ЕНП", "old": "полис старого образца", "temporary": "временное свидетельство",
        "private": "полис ДМС",
    },
}  # fmt: skip
"""In which of its forms (domain.md 2.9, 6.2, 6.3); the first one when nobody says."""
MAIN = {
    DetailKind.PHONE: "phone",
    DetailKind.EMAIL: "email",
    DetailKind.ADDRESS: "address",
    DetailKind.DOCUMENT: "document",
    DetailKind.POLICY: "enp",
}
"""The field of the card that holds the main one of each kind."""
VERIFIED = frozenset({DetailKind.PHONE, DetailKind.EMAIL})
"""Kinds that somebody confirms: by answering, or by a letter's link."""


@dataclass(frozen=True)
class DetailData:
    """A detail as typed."""

    kind: DetailKind
    form: str
    value: str
    note: str = ""


def normal(kind: DetailKind, form: str, text: str) -> str:
    """Return the value as it is kept and compared. Raises Refusal (invalid) with what to do."""
    plain = " ".join(text.split())
    if not plain:
        raise _invalid(f"{KINDS[kind]}: впишите значение.")
    if kind is DetailKind.PHONE:
        phone = normal_phone(plain)
        if phone is None:
            raise _invalid("Это не похоже на телефон. Нужно 10 цифр: 921 555-10-20.")
        return phone
    if kind is DetailKind.EMAIL and not is_email(plain):
        raise _invalid("Проверьте адрес почты: имя, знак @ и сайт, anna@mail.ru.")
    if kind is DetailKind.DOCUMENT:
        return normal_document(plain)
    if kind is DetailKind.POLICY:
        return _policy(form, plain)
    return plain[:200]


def _policy(form: str, text: str) -> str:
    number = digits(text)
    if form == "single" and not is_enp(text):
        raise _invalid("Номер ЕНП: 16 цифр, последняя контрольная. Сверьте с документом.")
    if form == "temporary" and len(number) != 9:
        raise _invalid("Во временном свидетельстве 9 цифр. Сверьте с документом.")
    return number if form in ("single", "temporary") else text.upper()[:40]


def shown(kind: str, value: str) -> str:
    """Return the value as people read it."""
    if kind == DetailKind.PHONE:
        return show_phone(value)
    return value.replace(":", " ") if kind == DetailKind.DOCUMENT else value


def form_of(kind: DetailKind, value: str) -> str:
    """Return the likely form of a value that stood on the card itself."""
    if kind is DetailKind.DOCUMENT and "-" in value:
        return "certificate"
    return next(iter(FORMS[kind]))


def _invalid(text: str) -> Refusal:
    return Refusal("patients.detail.value", RefusalKind.INVALID, text, field="value")
