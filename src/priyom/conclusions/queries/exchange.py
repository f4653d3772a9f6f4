"""Reads of a signed version for other systems: its СЭМД, its signatures, a FHIR document."""

from __future__ import annotations

from uuid import UUID

from priyom.conclusions import fhir, printing
from priyom.conclusions.cda import document
from priyom.conclusions.queries.beside import signature_of
from priyom.conclusions.queries.drafts import facts_of
from priyom.conclusions.queries.papers import signed_version
from priyom.files import actions as files
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing


def xml(actor: Actor, consultation_id: UUID, version: int) -> tuple[bytes, str]:
    """Return the XML of a signed version and its file name; the download is recorded.

    Raises missing for strangers and for versions older than the XML, OSError when it was changed.
    """
    row = signed_version(actor, consultation_id, version)
    if row.formed_xml is None:
        raise missing("Документ")
    number = printing.number_of(row.consultation.number, row.version)
    return files.read(row.formed_xml), document.file_name(number)


def signature(actor: Actor, consultation_id: UUID, version: int, which: str) -> tuple[bytes, str]:
    """Return a detached signature (.sig) of a signed version and its file name; recorded.

    Raises missing for strangers, unsigned versions and signatures that are not there.
    """
    return signature_of(signed_version(actor, consultation_id, version), which)


def bundle(actor: Actor, consultation_id: UUID, version: int) -> tuple[bytes, str]:
    """Return a signed version as a FHIR R4 document Bundle and its file name; recorded.

    Raises missing for strangers and unsigned versions.
    """
    row = signed_version(actor, consultation_id, version)
    number = printing.number_of(row.consultation.number, row.version)
    made = fhir.bundle(row, row.consultation, facts_of(row, row.consultation))
    return made, fhir.file_name(number)
