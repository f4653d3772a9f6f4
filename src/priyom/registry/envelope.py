"""What is handed to a registry: the document as it was formed, its hash, and who is in it.

Later, perhaps, that it was withdrawn.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lxml import etree

_SPACES = {"c": "urn:hl7-org:v3"}
_SNILS = "1.2.643.100.3"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One document on its way; `key` is the same at each try, so a repeat can be told."""

    key: UUID
    kind: str
    number: str
    organisation: str
    """OID of the МО, "" when the document says that it is not known."""
    patient: str
    doctor: str
    """СНИЛС of both, as the document has them."""
    xml: bytes
    signatures: Mapping[str, bytes]
    """Detached CMS over the XML by the role of its signer."""

    @property
    def sha256(self) -> str:
        """Return the hash of the document."""
        return hashlib.sha256(self.xml).hexdigest()

    @property
    def obstacle(self) -> str:
        """Return why no registry would take it, in Russian; "" when nothing is known."""
        if not self.organisation or not self.number:
            return (
                "В документе нет номера организации в реестре (OID ФРМО) или номера системы: "
                "администратор указывает их, затем врач подписывает новую версию."
            )
        if not self.patient:
            return "В карте пациента нет СНИЛС: дополните карту и подпишите новую версию."
        if not self.doctor:
            return "У врача не указан СНИЛС: администратор дополняет его, затем новая версия."
        return ""

    def as_json(self) -> dict[str, Any]:
        """Return it for the wire; bytes as base64."""
        return self.about() | {
            "document": base64.b64encode(self.xml).decode(),
            "signatures": {
                role: base64.b64encode(cms).decode() for role, cms in self.signatures.items()
            },
        }

    def about(self) -> dict[str, str]:
        """Return everything but the bytes."""
        return {
            "key": str(self.key),
            "kind": self.kind,
            "number": self.number,
            "organisation": self.organisation,
            "patient": self.patient,
            "doctor": self.doctor,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a document which was handed over is withdrawn; `key` is the same at each try."""

    key: UUID
    document: UUID
    """Under which key the document was handed over."""
    number: str
    registered_as: str
    """What the registry calls the document, "" when it never said."""
    reason: str
    at: datetime

    def about(self) -> dict[str, str]:
        """Return it as the registry reads it."""
        return {
            "key": str(self.key),
            "document": str(self.document),
            "number": self.number,
            "registered_as": self.registered_as,
            "reason": self.reason,
            "withdrawn_at": self.at.isoformat(),
        }


def envelope(key: UUID, kind: str, xml: bytes, signatures: Mapping[str, bytes]) -> Envelope:
    """Return the envelope of a document: what it says of itself is read out of it."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    patient = f"c:recordTarget/c:patientRole/c:id[@root='{_SNILS}']/@extension"
    doctor = f"c:author/c:assignedAuthor/c:id[@root='{_SNILS}']/@extension"
    place = "c:custodian/c:assignedCustodian/c:representedCustodianOrganization/c:id/@root"
    return Envelope(
        key=key,
        kind=kind,
        number=_one(root, "c:id[@root]/@extension"),
        organisation=_one(root, place),
        patient=_one(root, patient),
        doctor=_one(root, doctor),
        xml=xml,
        signatures=signatures,
    )


def _one(root: Any, path: str) -> str:
    found = root.xpath(path, namespaces=_SPACES)
    return str(found[0]) if found else ""
