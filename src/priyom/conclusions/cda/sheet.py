"""Writing CDA nodes: prefixes, xsi:type, codes with their dictionary, explicit nullFlavor."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from lxml import etree

from priyom.conclusions.cda.dictionaries import Concept
from priyom.conclusions.cda.profile import Profile
from priyom.kernel import words

HL7 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES = {
    None: HL7,
    "xsi": XSI,
    "identity": "urn:hl7-ru:identity",
    "address": "urn:hl7-ru:address",
    "medService": "urn:hl7-ru:medService",
    "fias": "urn:hl7-ru:fias",
}
Node = Any
"""An lxml element; lxml brings no types."""
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML 1.0 cannot hold at all."""


class Sheet:
    """One document being written under a profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.root: Node = etree.Element(_name("ClinicalDocument"), nsmap=NAMESPACES)

    def add(self, parent: Node, name: str, text: str = "", **attributes: str) -> Node:
        """Add `name` («identity:Props») with its attributes; `type` is xsi:type, none is empty."""
        node = etree.SubElement(parent, _name(name))
        for key, value in attributes.items():
            node.set(f"{{{XSI}}}type" if key == "type" else key, _FORBIDDEN.sub("", value))
        if text:
            node.text = _FORBIDDEN.sub("", text)
        return node

    def null(self, parent: Node, name: str, flavour: str = "NI", **attributes: str) -> Node:
        """Add `name` as explicitly not known: NI no information, NAV not yet available."""
        return self.add(parent, name, **attributes, nullFlavor=flavour)

    def coded(self, parent: Node, name: str, concept: Concept | None, **attributes: str) -> Node:
        """Add a code with OID, version and name of its dictionary; None is not known."""
        if concept is None:
            return self.null(parent, name, **attributes)
        system = concept.system
        return self.add(
            parent, name, **attributes, code=concept.code, codeSystem=system.oid,
            codeSystemVersion=self.profile.version(system), codeSystemName=system.name,
            displayName=concept.name,
        )  # fmt: skip

    def id(self, parent: Node, root: str, extension: str = "", name: str = "id") -> Node:
        """Add an identifier; without a root it is not known."""
        if not root:
            return self.null(parent, name)
        return self.add(parent, name, root=root, **({"extension": extension} if extension else {}))

    def text(self, parent: Node, name: str, value: str) -> Node:
        """Add a text of a СЭМД field (ST); an empty one is not known."""
        if not value:
            return self.null(parent, name, type="ST")
        return self.add(parent, name, value, type="ST")

    def bytes(self) -> bytes:
        """Return the document: UTF-8, indented, the same for the same nodes."""
        made: bytes = etree.tostring(
            self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True
        )
        return made


def instant(at: datetime) -> str:
    """Return an aware instant to the minute with its zone: 202611241452+0300."""
    return words.moscow(at).strftime("%Y%m%d%H%M%z")


def day(on: date) -> str:
    """Return a date: 19850312."""
    return on.strftime("%Y%m%d")


def _name(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix or None]}}}{local}"
