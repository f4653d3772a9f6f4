"""What a template of the conclusion may be: its title, its words, and blanks to be filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from priyom.conclusions.content import LIMITS, Content
from priyom.kernel.refusal import Refusal, RefusalKind

FIELDS = (
    "complaints", "anamnesis", "life_anamnesis", "observed", "opinion", "recommendations",
    "examinations", "visit_advice", "urgent",
)  # fmt: skip
"""What a template keeps: words that fit many people, never a diagnosis or a measure."""
MOST = 50
"""So many templates a doctor may have: more are not found again."""
TITLE_LIMIT = 60
BLANK = re.compile(r"\[[^\[\]\d\n][^\[\]\n]{0,40}\]")
"""A place that waits for words: «[сколько дней]». The page leads from one to the next."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template as the form offers it; `owner` is "" for the doctor's own."""

    id: UUID
    title: str
    values: dict[str, str]
    owner: str


def checked(title: str, content: Content) -> tuple[str, dict[str, str]]:
    """Return title and words as they are kept; raise Refusal (invalid) with what to mend."""
    title = " ".join(title.split())
    if not title:
        raise _invalid("Назовите шаблон: по названию его ищут.")
    if len(title) > TITLE_LIMIT:
        raise _invalid(f"Название шаблона длиннее {TITLE_LIMIT} букв. Сократите его.")
    values = {name: text for name in FIELDS if (text := getattr(content, name))}
    if not values:
        raise _invalid("В шаблон пока нечего взять: заполните хотя бы одно текстовое поле.")
    return title, values


def unfilled(content: Content) -> dict[str, str]:
    """Return what of a template still waits for words: field → sentence."""
    found = {}
    for name in LIMITS:
        if hit := BLANK.search(getattr(content, name, "")):
            found[name] = f"Осталось место шаблона: {hit[0]}. Впишите или уберите скобки."
    return found


def too_many() -> Refusal:
    """Return the refusal of one template more than may be."""
    text = f"Шаблонов уже {MOST}. Удалите лишние, тогда нужный будет легче найти."
    return Refusal("template.many", RefusalKind.CONFLICT, text)


def _invalid(text: str) -> Refusal:
    return Refusal("template.title", RefusalKind.INVALID, text, field="template")
