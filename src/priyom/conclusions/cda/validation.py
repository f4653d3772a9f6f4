"""Is the XML what the ministry's own files demand? They are given by path and not kept here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from lxml import etree

from priyom.conclusions import rules
from priyom.conclusions.cda import schematron
from priyom.conclusions.cda.profile import BadProfile
from priyom.conclusions.cda.schematron import BadRules, Fault

_log = logging.getLogger("priyom.conclusions")
_SHOWN = 5
"""Faults of one refused document that go to the log."""


def checked(make: Callable[[], bytes]) -> bytes:
    """Return the document that `make` builds if it keeps the configured rules; none: it passes.

    Raises Refusal: invalid when it breaks them, conflict when profile or files cannot be used.
    The log gets lines and rules, never a value of the document.
    """
    try:
        xml = make()
        found = faults(xml, settings.SEMD_XSD, settings.SEMD_SCHEMATRON)
    except (BadProfile, BadRules) as error:
        _log.error("the XML of a conclusion cannot be checked: %s", error)
        raise rules.xml_unchecked() from error
    if found:
        for one in found[:_SHOWN]:
            told = one.text if one.source == "schematron" else "against the schema"
            _log.warning("XML refused, line %s: %s", one.line, told)
        raise rules.xml_invalid(len(found))
    return xml


def faults(xml: bytes, xsd: str = "", rules_file: str = "") -> list[Fault]:
    """Return what is wrong with a document, in the order of its lines; paths may be empty.

    Raises BadRules when a named file is not there or cannot be used.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(xml, parser).getroottree()
    except etree.XMLSyntaxError as error:
        return [Fault(error.lineno or 0, error.msg or "not XML", "xml")]
    if tree.docinfo.doctype:
        return [Fault(1, "a document type is not allowed", "xml")]
    found: list[Fault] = []
    if xsd:
        path = _there(xsd)
        schema = _schema(path, path.stat().st_mtime_ns)
        schema.validate(tree)
        found += [Fault(one.line, one.message, "xsd") for one in schema.error_log]
    if rules_file:
        found += schematron.faults(tree, _there(rules_file))
    return sorted(found, key=lambda one: one.line)


def _there(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise BadRules(f"there is no file {name}")
    return path


@lru_cache(maxsize=2)
def _schema(path: Path, _changed: int) -> Any:
    try:
        return etree.XMLSchema(etree.parse(str(path)))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise BadRules(f"{path}: {error}") from error
