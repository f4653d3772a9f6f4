"""Pure decisions of the index: what a card must hold, what is shown masked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from priyom.kernel.ids import uuid7
from priyom.kernel.names import absent_or, compare_key
from priyom.kernel.phones import normal_phone
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.kernel.snils import digits, is_enp, is_snils

OLDEST_BIRTH = date(1900, 1, 1)
"""The index of the city rejects birth dates up to and including this one (domain.md 2.9)."""
ROWS = 20
"""How many cards one search shows."""
NEAR_ROWS = 40
"""How many when none is exactly what was typed: the one meant may stand far down."""

_CYRILLIC_NAME = re.compile(r"[а-яё]+([ '’-][а-яё]+)*\.?", re.IGNORECASE)
_LATIN_NAME = re.compile(r"[a-z]+([ '’-][a-z]+)*\.?", re.IGNORECASE)
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{}|~-]+"
_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_TOP = r"(?:[^\W\d_]{2,63}|xn--[A-Za-z0-9]{1,59})"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+{_TOP}")
_CERTIFICATE = re.compile(r"([IVXLC]+)[ -]?([А-Я]{2})\W*(\d{6})")


@dataclass(frozen=True)
class CardData:
    """A new card as typed. `key` is made with the empty form: a second send of it makes no card.

    Numbers may hold spaces and hyphens. "" stands for unknown, not for absent.
    """

    family: str
    given: str
    birth_on: date
    sex: str
    patronymic: str = ""
    snils: str = ""
    enp: str = ""
    document: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    attached_to: UUID | None = None
    is_temporary: bool = False
    key: UUID = field(default_factory=uuid7)


def clean_name(text: str) -> str:
    """Return a name as it is kept: NFC, single spaces, «-» without spaces round it."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return re.sub(r"\s*[-–—]\s*", "-", plain)


def name_warning(text: str) -> str:
    """Return a Russian question when a name looks mistyped, else "": a warning, never a refusal.

    Foreigners have Latin names, some have apostrophes (domain.md 6.4).
    """
    name = clean_name(text)
    if not name or _CYRILLIC_NAME.fullmatch(name) or _LATIN_NAME.fullmatch(name):
        return ""
    if re.search("[a-z]", name, re.IGNORECASE) and re.search("[а-яё]", name, re.IGNORECASE):
        return f"В слове «{name}» смешаны русские и латинские буквы. Проверьте написание."
    return f"В слове «{name}» необычные знаки. Проверьте по документу."


def normal_document(text: str) -> str:
    """Return «4008:123456» of a passport, «IV-МЮ:123456» of a certificate, else the text."""
    plain = " ".join(unicodedata.normalize("NFC", text).upper().split())
    certificate = _CERTIFICATE.fullmatch(plain)
    if certificate:
        return f"{certificate[1]}-{certificate[2]}:{digits(certificate[3])}"
    number = digits(plain)
    if len(number) == 10 and not re.search(r"[^\d\s:№-]", plain):
        return f"{number[:4]}:{number[4:]}"
    return plain[:40]


def is_email(text: str) -> bool:
    """Tell whether `text` may be an address: local part ≤ 64, whole ≤ 254, «.рф» too.

    Never kinder than what the letters' own check takes: such an address would stop later acts.
    """
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _invalid(name: str, text: str) -> Refusal:
    return Refusal(f"patients.card.{name}", RefusalKind.INVALID, text, field=name)


def faults(data: CardData, today: date) -> list[Refusal]:
    """Return every refusal that belongs beside a field (domain.md 2.9, 6); [] for a sound card."""
    found = []
    if not clean_name(data.family):
        found.append(_invalid("family", "Впишите фамилию, как в документе."))
    if not clean_name(data.given):
        found.append(_invalid("given", "Впишите имя, как в документе."))
    if data.birth_on <= OLDEST_BIRTH:
        found.append(_invalid("birth_on", "Год рождения раньше 1901-го. Проверьте дату."))
    elif data.birth_on > today:
        found.append(_invalid("birth_on", "Эта дата ещё не наступила. Проверьте год рождения."))
    if data.sex not in ("m", "f"):
        found.append(_invalid("sex", "Отметьте пол, как в документе."))
    if data.snils and not is_snils(data.snils):
        found.append(_invalid("snils", _number_fault("СНИЛС", data.snils, 11)))
    if data.enp and not is_enp(data.enp):
        found.append(_invalid("enp", _number_fault("полиса", data.enp, 16)))
    if data.phone and normal_phone(data.phone) is None:
        found.append(_invalid("phone", "Это не похоже на телефон. Нужно 10 цифр: 921 555-10-20."))
    if data.email and not is_email(data.email.strip()):
        found.append(_invalid("email", "Проверьте адрес почты: имя, знак @ и сайт, anna@mail.ru."))
    return found


def _number_fault(what: str, text: str, wanted: int) -> str:
    count = len(digits(text))
    if count != wanted:
        return f"В номере {what} {wanted} цифр, здесь {count}. Сверьте с документом."
    return f"Номер {what} не сходится с контрольной цифрой: где-то опечатка. Сверьте с документом."


def cleaned(data: CardData) -> dict[str, object]:
    """Return the columns of a card from sound data: numbers as digits, phone E.164."""
    return {
        "family": clean_name(data.family),
        "given": clean_name(data.given),
        "patronymic": absent_or(clean_name(data.patronymic)),
        "birth_on": data.birth_on,
        "sex": data.sex,
        "snils": digits(data.snils) or None,
        "enp": digits(data.enp) or None,
        "document": normal_document(data.document) if data.document.strip() else "",
        "address": " ".join(data.address.split()),
        "phone": normal_phone(data.phone) or "" if data.phone else "",
        "email": data.email.strip(),
        "attached_to_id": data.attached_to,
        "is_temporary": data.is_temporary,
    }


def is_same_person(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether two (family, given) are the same by their compare keys (domain.md 3.5)."""
    return all(compare_key(a) == compare_key(b) for a, b in zip(one, other, strict=True))


def masked(number: str | None, tail: int) -> str:
    """Return «··· 2141»: only the last digits, as the lists show them; "" when unknown.

    Five last digits of a СНИЛС are written as on its card: «··· 445 95».
    """
    if not number:
        return ""
    end = number[-tail:]
    return f"··· {end[:3]} {end[3:]}" if tail == 5 else f"··· {end}"


class NumberTaken(Refusal):
    """A card with this СНИЛС or ЕНП is in the index already; `patient` is its key."""

    def __init__(self, name: str, label: str, who: str, patient: UUID) -> None:
        super().__init__(
            f"patients.card.{name}.taken",
            RefusalKind.CONFLICT,
            f"Карта с таким {label} уже есть: {who}. Откройте её, новая не нужна.",
            field=name,
        )
        self.patient = patient


def link_refused() -> Refusal:
    """Return the one answer to an account that matches no card: it must not tell what differed."""
    return Refusal(
        "patients.link.refused",
        RefusalKind.FORBIDDEN,
        "Мы не смогли сопоставить данные Госуслуг с вашей картой. Позвоните в регистратуру "
        "поликлиники или подойдите с паспортом: карту проверят при вас.",
    )


def wrong_email() -> Refusal:
    """Return the answer to an address that cannot be one."""
    return _invalid("email", "Проверьте адрес почты: имя, знак @ и сайт, anna@mail.ru.")


def import_elsewhere() -> Refusal:
    """Return the answer when two processes load one file at once."""
    return Refusal(
        "patients.import.elsewhere",
        RefusalKind.CONFLICT,
        "This file is being loaded by another process: let that one end.",
    )


def changed_meanwhile() -> Refusal:
    """Return the answer to a form that was opened before somebody else changed the card."""
    return Refusal(
        "patients.card.changed",
        RefusalKind.CONFLICT,
        "Карту только что изменили. Ниже то, что вы вписали: откройте карту заново и сверьте.",
    )


def pair_changed() -> Refusal:
    """Return the answer to a comparison of two cards of which one was changed meanwhile."""
    return Refusal(
        "patients.merge.changed",
        RefusalKind.CONFLICT,
        "Карту только что изменили. Ниже она уже новая, а ваш выбор остался: сверьте ещё раз.",
    )


def card_merged() -> Refusal:
    """Return the answer to a change of a card that was merged into another."""
    return Refusal(
        "patients.card.merged",
        RefusalKind.CONFLICT,
        "Эта карта объединена с другой. Изменения вносят в ту карту, к которой она присоединена.",
    )


def not_a_main_policy() -> Refusal:
    """Return why an old policy cannot stand on the card's first line."""
    return _invalid("enp", "Основным бывает только ЕНП. Остальные полисы хранятся ниже.")


def outside_silent(name: str) -> Refusal:
    """Return the answer when another index gives no card just now."""
    return Refusal(
        "patients.outside.silent",
        RefusalKind.CONFLICT,
        f"{name} не отвечает. Попробуйте через минуту или заведите карту вручную.",
    )


def wrong_death() -> Refusal:
    """Return what is wrong with a day of death."""
    return _invalid("died_on", "Проверьте дату: не раньше рождения и не позже сегодня.")


def not_to_merge(why: str) -> Refusal:
    """Return why these two cards stay two."""
    return Refusal("patients.merge.refused", RefusalKind.CONFLICT, why)


def not_to_undo() -> Refusal:
    """Return why a merge cannot be undone now."""
    return Refusal(
        "patients.merge.stands",
        RefusalKind.CONFLICT,
        "Это объединение уже отменено, или карту потом присоединили к другой: "
        "начните с последнего объединения.",
    )
