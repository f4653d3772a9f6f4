"""What a phrase may be and how its fields are filled: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from priyom.kernel.refusal import Refusal, RefusalKind

FIELDS = ("имя отчество пациента", "врач", "время приёма")
"""What may stand in braces; each is known in any talk."""
MOST = 100
"""So many phrases an owner may have: more are not found again."""
TITLE_LIMIT = 60
BODY_LIMIT = 2000
_FIELD = re.compile(r"\{([^{}]*)\}")


def checked(title: str, body: str) -> tuple[str, str]:
    """Return title and words as they are kept; raise Refusal (invalid) with what to mend."""
    title = " ".join(title.split())
    body = body.replace("\r\n", "\n").strip()
    if not title:
        raise _invalid("title", "Назовите фразу: по названию её ищут.")
    if len(title) > TITLE_LIMIT:
        raise _invalid("title", f"Название длиннее {TITLE_LIMIT} букв. Сократите его.")
    if not body:
        raise _invalid("body", "Напишите слова фразы.")
    if len(body) > BODY_LIMIT:
        raise _invalid("body", f"Фраза длиннее {BODY_LIMIT} букв. Сократите её или разделите.")
    unknown = [name for name in _FIELD.findall(body) if _known(name) is None]
    if unknown or set("{}") & set(_FIELD.sub("", body)):
        named = f" «{{{unknown[0]}}}»" if unknown else ""
        raise _invalid(
            "body",
            f"Поле{named} нам неизвестно. Есть такие: "
            + ", ".join(f"{{{name}}}" for name in FIELDS)
            + ".",
        )
    return title, body


def filled(body: str, values: Mapping[str, str]) -> str:
    """Return the words with their fields filled; `values` has each of FIELDS."""
    return _FIELD.sub(lambda found: values.get(_known(found[1]) or "", found[0]), body)


def too_many() -> Refusal:
    """Return the refusal of one phrase more than may be."""
    text = f"Фраз уже {MOST}. Удалите лишние, тогда нужную будет легче найти."
    return Refusal("phrase.many", RefusalKind.CONFLICT, text)


def taken() -> Refusal:
    """Return the refusal of a title that another phrase has."""
    text = "Фраза с таким названием уже есть. Назовите эту иначе или поправьте ту."
    return Refusal("phrase.taken", RefusalKind.CONFLICT, text, field="title")


def _known(name: str) -> str | None:
    name = " ".join(name.lower().replace("ё", "е").split())
    return next((one for one in FIELDS if one.replace("ё", "е") == name), None)


def _invalid(field: str, text: str) -> Refusal:
    return Refusal(f"phrase.{field}", RefusalKind.INVALID, text, field=field)
