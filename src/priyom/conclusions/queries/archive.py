"""Reads for whoever checks the archive: every signed version, every file of a closed talk."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from priyom.conclusions.models import Conclusion
from priyom.conclusions.rules import PATIENT_SEES
from priyom.consultations.models import Attachment, Consultation
from priyom.consultations.rules import ConsultationState
from priyom.files.models import Blob

_AT_ONCE = 500


def signed_versions() -> Iterator[Conclusion]:
    """Yield every version that was ever signed, oldest first, with its files and signatures."""
    rows = (
        Conclusion.objects.select_related("consultation", "formed_pdf", "formed_xml", "signed_pdf")
        .prefetch_related("signatures__document")
        .filter(state__in=sorted(PATIENT_SEES))
    )
    last: UUID | None = None
    while part := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:_AT_ONCE]):
        yield from part
        last = part[-1].pk


def files_of_closed_talks() -> Iterator[tuple[str, Blob]]:
    """Yield each file that stands in a completed talk, with the talk's number."""
    rows = Attachment.objects.select_related("blob", "consultation").filter(
        consultation__state=ConsultationState.COMPLETED, seq__isnull=False
    )
    last: UUID | None = None
    while part := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:_AT_ONCE]):
        yield from ((one.consultation.number, one.blob) for one in part)
        last = part[-1].pk


def completed_without_paper() -> Iterator[str]:
    """Yield the numbers of completed consultations that have no signed version at all."""
    signed = Conclusion.objects.filter(state__in=sorted(PATIENT_SEES)).values("consultation")
    rows = Consultation.objects.filter(state=ConsultationState.COMPLETED).exclude(pk__in=signed)
    yield from rows.order_by("pk").values_list("number", flat=True).iterator()
