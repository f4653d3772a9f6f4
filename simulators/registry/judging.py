"""What the registry looks at in a document before it takes it; each refusal says why in Russian."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

KINDS = ("40", "119", "227", "290")
"""Protocols of a consultation among the kinds of СЭМД (НСИ 1.2.643.5.1.13.13.11.1520)."""
_HL7 = {"c": "urn:hl7-org:v3"}
_SNILS = "1.2.643.100.3"
_OID = re.compile(r"[0-2](\.([1-9]\d*|0))+")
_SECTIONS = ("DOCINFO", "ANAM", "LANAM", "RESCONS")


class NotTaken(Exception):
    """A refusal; its text is the reason."""


@dataclass(frozen=True)
class Judged:
    """A document that is right: what it is known by."""

    document: str
    """Root and extension of its id: no two documents share them."""
    sha256: str


def judge(told: Any) -> Judged:
    """Return what an envelope holds when all of it is right. Raises NotTaken."""
    if not isinstance(told, dict) or told.get("kind") not in KINDS:
        raise NotTaken("Вид документа не принимается.")
    try:
        xml = base64.b64decode(str(told.get("document", "")), validate=True)
    except binascii.Error:
        raise NotTaken("Документ передан не целиком.") from None
    sha256 = hashlib.sha256(xml).hexdigest()
    if sha256 != told.get("sha256"):
        raise NotTaken("Контрольная сумма не совпадает с документом.")
    root = _parsed(xml)
    return Judged(_identity(root, told), sha256)


def _parsed(xml: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        raise NotTaken("Документ не является XML.") from None
    if root.getroottree().docinfo.doctype or root.tag != f"{{{_HL7['c']}}}ClinicalDocument":
        raise NotTaken("Документ не является СЭМД.")
    there = set(root.xpath("//c:structuredBody//c:section/c:code/@code", namespaces=_HL7))
    if absent := [one for one in _SECTIONS if one not in there]:
        raise NotTaken(f"В документе нет раздела {absent[0]}.")
    return root


def _identity(root: Any, told: dict[str, Any]) -> str:
    """Return the document's id; the people and the МО of the envelope must be those in it."""
    for name, words, path in (
        ("patient", "СНИЛС пациента", "c:recordTarget/c:patientRole/c:id[@root=$r]/@extension"),
        ("doctor", "СНИЛС врача", "c:author/c:assignedAuthor/c:id[@root=$r]/@extension"),
    ):
        known = [_digits(one) for one in root.xpath(path, namespaces=_HL7, r=_SNILS)]
        shown = _digits(str(told.get(name, "")))
        if not known or not _is_snils(known[0]):
            raise NotTaken(f"{words} в документе не указан или указан с ошибкой.")
        if known != [shown]:
            raise NotTaken(f"{words} в документе принадлежит другому человеку.")
    signers = root.xpath(
        "c:legalAuthenticator/c:assignedEntity/c:id[@root=$r]/@extension",
        namespaces=_HL7, r=_SNILS,
    )  # fmt: skip
    if [_digits(one) for one in signers] != [_digits(str(told["doctor"]))]:
        raise NotTaken("Подписал не тот, кто составил документ.")
    place = root.xpath("c:custodian//c:id/@root", namespaces=_HL7)
    if not place or place[0] != told.get("organisation") or not _OID.fullmatch(place[0]):
        raise NotTaken("OID организации не указан или не совпадает с документом.")
    found = root.xpath("c:id", namespaces=_HL7)
    if len(found) != 1 or not str(found[0].get("root", "")).startswith(f"{place[0]}.100."):
        raise NotTaken("Идентификатор документа выдан не этой организацией.")
    return f"{found[0].get('root')} {found[0].get('extension')}"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_snils(plain: str) -> bool:
    if len(plain) != 11:
        return False
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(plain[:9]))
    return int(plain[:9]) <= 1_001_998 or f"{total % 101 % 100:02d}" == plain[9:]
