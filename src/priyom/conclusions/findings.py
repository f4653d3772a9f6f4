"""What may come of checking a visitor's file, and the words for it: what it is, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from priyom.kernel.refusal import Refusal, RefusalKind

LARGEST = 5 * 1024 * 1024
"""Bytes of a file that is checked."""
FILES = 10
"""Files that one address may send in a minute."""
WAITING = 200
"""Files that wait for the job at once: a gigabyte at most."""


class Finding(StrEnum):
    """What a file turned out to be."""

    SIGNED = "signed"
    """A signed document of this house, byte for byte, or a signature that belongs to it."""
    BROKEN = "broken"
    """The same bytes, but their signature is not believed any more."""
    SEALED = "sealed"
    """The manifest of a closed talk."""
    EXTENDED = "extended"
    ALTERED = "altered"
    STRIPPED = "stripped"
    UNSIGNED = "unsigned"
    DAMAGED = "damaged"
    BULKY = "bulky"
    CUT = "cut"
    FOREIGN = "foreign"
    FOREIGN_SIGNATURE = "foreign_signature"
    NEEDS_CODE = "needs_code"
    PACKED = "packed"
    UNREADABLE = "unreadable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Said:
    """A title, what to do next, and the tone of the callout."""

    title: str
    text: str
    tone: str = "bad"
    icon: str = "circle-x"


_ASK = "Попросите у владельца файл, который он скачал сам, или проверьте документ по коду."
WORDS = {
    Finding.EXTENDED: Said(
        "К документу что-то дописали",
        "Подписанная часть цела, но после подписи в файл добавили ещё что-то. Это уже не тот "
        f"документ, который подписал врач. {_ASK}",
    ),
    Finding.ALTERED: Said(
        "Файл изменён",
        "Подпись в нём от настоящего документа, но она не сходится с файлом: его изменили после "
        f"подписания. Пользоваться им нельзя. {_ASK}",
    ),
    Finding.STRIPPED: Said(
        "Подпись из файла убрана",
        "Место для неё есть, а самой подписи нет. Без неё это не документ, даже если текст тот же. "
        f"{_ASK}",
    ),
    Finding.UNSIGNED: Said(
        "В файле нет подписи",
        "Так выглядят скан, распечатка в PDF или пересохранённая копия: по ним подлинность не "
        f"узнать. {_ASK}",
        "warn",
        "triangle-alert",
    ),
    Finding.DAMAGED: Said(
        "Подпись повреждена",
        f"Прочитать её нельзя: файл испорчен или изменён. {_ASK}",
    ),
    Finding.BULKY: Said(
        "Подпись слишком большая",
        f"Настоящая занимает несколько килобайт, эта больше 64. Разбирать её мы не стали. {_ASK}",
    ),
    Finding.CUT: Said(
        "Файл оборван",
        "Он скачался или переслался не целиком. Скачайте его заново и пришлите ещё раз.",
        "warn",
        "triangle-alert",
    ),
    Finding.FOREIGN: Said(
        "Такого документа у нас нет",
        f"Он выдан не здесь или изменён после подписания: хватает одного знака. {_ASK}",
    ),
    Finding.FOREIGN_SIGNATURE: Said(
        "Эта подпись не подходит",
        "Под документом с таким кодом её нет. Проверьте код под QR-кодом и пришлите файл .sig, "
        "который скачали вместе с этим документом.",
    ),
    Finding.NEEDS_CODE: Said(
        "Нужен код документа",
        "Файл подписи сам не говорит, к какому документу он относится. Введите код, напечатанный "
        "под QR-кодом, и пришлите файл ещё раз. Подпись описи (opis.json.sig) здесь не "
        "проверяется: пришлите саму опись.",
        "warn",
        "triangle-alert",
    ),
    Finding.PACKED: Said(
        "Это архив",
        "Распакуйте его и пришлите то, что внутри: документ PDF, подпись .sig или опись opis.json.",
        "warn",
        "triangle-alert",
    ),
    Finding.UNREADABLE: Said(
        "Это не документ и не подпись",
        "Мы проверяем документы PDF, подписи .sig и опись opis.json. Выберите другой файл; фото "
        "или скан не подойдут, их проверяют по коду под QR-кодом.",
        "warn",
        "triangle-alert",
    ),
    Finding.FAILED: Said(
        "Проверить не получилось",
        "Дело не в вашем файле. Пришлите его ещё раз через несколько минут; если не выйдет, "
        "проверьте документ по коду.",
        "warn",
        "triangle-alert",
    ),
}


def no_file() -> Refusal:
    """Return the refusal of a form without a file."""
    return Refusal("check.no_file", RefusalKind.INVALID, "Выберите файл и отправьте ещё раз.")


def empty() -> Refusal:
    """Return the refusal of a file of 0 bytes."""
    return Refusal(
        "check.empty",
        RefusalKind.INVALID,
        "Файл пустой: в нём 0 байт. Скачайте документ заново и пришлите ещё раз.",
    )


def too_big() -> Refusal:
    """Return the refusal of a file over LARGEST."""
    return Refusal(
        "check.too_big",
        RefusalKind.INVALID,
        f"Файл больше {LARGEST // 1024 // 1024} МБ, заключения такими не бывают. Пришлите сам "
        "документ без вложений или проверьте его по коду.",
    )


def busy() -> Refusal:
    """Return the refusal while too many files wait."""
    return Refusal(
        "check.busy",
        RefusalKind.TOO_MANY,
        "Сейчас проверяют слишком много файлов. Подождите пару минут и пришлите ещё раз; по коду "
        "проверка работает.",
    )
