"""Schematron as the ministry writes it, with XPath 3.1: rules of a file asked of a document.

lxml's own knows XPath 1 only, and the ministry's rules use matches() and arrays (@code=['5','85']).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from elementpath import ElementPathError, XPathContext, get_node_tree
from elementpath.xpath31 import XPath31Parser
from lxml import etree

_SCH = "{http://purl.oclc.org/dsdl/schematron}"
_HL7 = "urn:hl7-org:v3"
"""The ministry's rules name elements without a prefix and mean these."""
_SPACE = re.compile(r"\s+")


class BadRules(ValueError):
    """The file of rules or of the schema cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a document does wrong, and in which line of it."""

    line: int
    text: str
    source: str
    """«xsd», «schematron» or «xml»."""


@dataclass(frozen=True, slots=True)
class _Test:
    """One assert, or a report, whose test must not hold."""

    test: Any
    is_wanted: bool
    text: str


_Rule = tuple[Any, tuple[_Test, ...]]


def faults(tree: Any, path: Path) -> list[Fault]:
    """Return what the rules of `path` find in an lxml tree. Raises BadRules."""
    nodes = get_node_tree(tree)
    found: list[Fault] = []
    for pattern in _patterns(path, path.stat().st_mtime_ns):
        seen: set[int] = set()  # in a pattern, a node is asked by the first rule that fits it
        for context, tests in pattern:
            for node in _values(context, path, nodes):
                if id(node) in seen:
                    continue
                seen.add(id(node))
                found += [
                    Fault(_line(node), one.text, "schematron")
                    for one in tests
                    if _holds(one.test, path, nodes, node) is not one.is_wanted
                ]
    return found


@lru_cache(maxsize=2)
def _patterns(path: Path, _changed: int) -> tuple[tuple[_Rule, ...], ...]:
    try:
        root = etree.parse(str(path)).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise BadRules(f"{path}: {error}") from error
    if root.tag != f"{_SCH}schema":
        raise BadRules(f"{path}: this is no Schematron")
    spaces = {one.get("prefix"): one.get("uri") for one in root.iter(f"{_SCH}ns")}
    parser = XPath31Parser(namespaces={"": _HL7, **spaces})
    return tuple(
        tuple(_rule(parser, rule, path) for rule in _children(pattern, path, "rule"))
        for pattern in _children(root, path, "pattern", "ns")
        if pattern.tag == f"{_SCH}pattern"
    )


def _rule(parser: XPath31Parser, rule: Any, path: Path) -> _Rule:
    context = str(rule.get("context"))
    # A context is a pattern: it fits wherever it stands.
    where = context if context.lstrip().startswith("/") else f"//({context})"
    tests = tuple(
        _Test(
            _parsed(parser, str(one.get("test")), one, path),
            one.tag == f"{_SCH}assert",
            _SPACE.sub(" ", "".join(one.itertext())).strip(),
        )
        for one in _children(rule, path, "assert", "report")
    )
    return _parsed(parser, where, rule, path), tests


def _children(parent: Any, path: Path, *names: str) -> Iterator[Any]:
    """Yield the children; anything else than `names` is not understood and so refused."""
    for one in parent.iterchildren(tag=etree.Element):
        name = etree.QName(one).localname
        if name in ("title", "p"):
            continue
        if name not in names:
            raise BadRules(f"{path}:{one.sourceline}: «{name}» is not understood")
        yield one


def _parsed(parser: XPath31Parser, text: str, where: Any, path: Path) -> Any:
    try:
        return parser.parse(text)
    except ElementPathError as error:
        raise BadRules(f"{path}:{where.sourceline}: {error}") from error


def _values(token: Any, path: Path, nodes: Any) -> list[Any]:
    try:
        return list(token.select(XPathContext(nodes)))
    except ElementPathError as error:
        raise BadRules(f"{path}: {error}") from error


def _holds(token: Any, path: Path, nodes: Any, node: Any) -> bool:
    try:
        return bool(token.boolean_value(token.select(XPathContext(nodes, item=node))))
    except ElementPathError as error:
        raise BadRules(f"{path}: {error}") from error


def _line(node: Any) -> int:
    """Return the line of an element, or of the one that an attribute or a text stands in."""
    while node is not None:
        element = getattr(node, "elem", None)
        if element is not None:
            return int(element.sourceline or 0)
        node = node.parent
    return 0
