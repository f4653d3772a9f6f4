"""The whole XML of one version: the same frozen rows give the same bytes."""

from __future__ import annotations

from datetime import datetime

from priyom.conclusions import printing
from priyom.conclusions.cda import body, header, profile
from priyom.conclusions.cda.sheet import Sheet
from priyom.conclusions.models import Conclusion
from priyom.consultations.models import Consultation

MEDIA_TYPE = "application/xml"


def document(
    row: Conclusion, consultation: Consultation, facts: printing.Facts, at: datetime
) -> bytes:
    """Return the XML of a version formed `at`; raises profile.BadProfile for bad settings."""
    sheet = Sheet(profile.current())
    before = facts.replaces[0] if facts.replaces else None
    made = header.Document(
        number=printing.number_of(consultation.number, row.version),
        version=row.version,
        formed_at=at,
        replaces=(printing.number_of(consultation.number, before), before) if before else None,
    )
    header.write(sheet, consultation, made)
    told_at = consultation.began_at or consultation.starts_at
    body.write(sheet, printing.content_in(row), facts.materials, told_at)
    return sheet.bytes()


def file_name(number: str) -> str:
    """Return the file's name: nothing of the patient, nothing of the illness."""
    return printing.file_name(number).replace(".pdf", ".xml")
