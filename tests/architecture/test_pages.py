"""Pages: nothing inline (the policy would refuse it) and the words that people meet (design)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from priyom.testing import house

INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "script address": re.compile(r"(?:href|src|action)\s*=\s*[\"']\s*javascript:", re.I),
}
NEVER = re.compile(r"ошибка\s*[45]\d\d|некорректн|пользовател|сущност|!", re.I)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.S)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
MARKUP = re.compile(r"<style.*?</style>|<[^>]*>", re.S)
CYRILLIC = re.compile(r"[а-яё]", re.I)
ACCEPTED: frozenset[str] = frozenset()
"""Places where a forbidden word is the right one, «file:line's text»."""


def _is_letter(path: Path) -> bool:
    """Whether a template is an e-mail, where styles can only be inline (design, Paper and mail)."""
    return house.room_of(path) == "notices" or "letter" in path.stem or "letters" in path.parts


def _without_tags(path: Path) -> str:
    return TAG.sub(" ", COMMENT.sub(" ", house.text(path)))


def test_nothing_is_inline() -> None:
    wrong = [
        f"{house.where(path)} {kind}: {found.group()[:60]}"
        for path in house.templates()
        if path.suffix == ".html" and not _is_letter(path)
        for kind, pattern in INLINE.items()
        for found in pattern.finditer(_without_tags(path))
    ]
    house.require_none(wrong)


def _sentences() -> Iterator[tuple[str, str]]:
    """Yield (place, text) of everything Russian that a page, letter or refusal may say."""
    for path in house.templates():
        yield house.where(path), MARKUP.sub(" ", _without_tags(path))
    for path in house.code():
        documents = _docstrings(house.tree(path))
        for node in ast.walk(house.tree(path)):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node not in documents
                and CYRILLIC.search(node.value)
                and "(?" not in node.value  # a pattern, not a sentence
            ):
                yield house.where(path, node.lineno), node.value
    for path in house.files(".js", under=house.SOURCE):
        for found in re.finditer(r"([\"'`])((?:(?!\1).)*[а-яё](?:(?!\1).)*)\1", house.text(path)):
            yield house.where(path), found[2]


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    """Return the strings that stand as statements: docstrings, also those of attributes."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def test_words_that_people_must_not_meet() -> None:
    wrong = [
        f"{place} «{found.group()}»: {text[max(found.start() - 20, 0) : found.end() + 20]!r}"
        for place, text in _sentences()
        for found in NEVER.finditer(text)
        if f"{place.split(':')[0]}:{text.strip()}" not in ACCEPTED
    ]
    house.require_none(wrong)
