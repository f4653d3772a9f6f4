"""Reads of what was signed: for the patient, the doctor, the head, and who checks a paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from priyom.audit.actions import record, record_read
from priyom.conclusions import printing, rules, signer
from priyom.conclusions.models import Conclusion
from priyom.conclusions.pages import (
    Checked,
    HomePaper,
    Papers,
    Version,
)
from priyom.conclusions.queries.beside import LISTED, beside
from priyom.conclusions.queries.drafts import consulted
from priyom.conclusions.queries.revocation import standing_of
from priyom.conclusions.rules import CONCLUSION, PATIENT_SEES, ConclusionState
from priyom.conclusions.signing.certificates import parsed
from priyom.conclusions.signing.checking import Verdict
from priyom.conclusions.signing.faults import Fault
from priyom.conclusions.signing.ways import is_trial
from priyom.consultations.access import is_consultant
from priyom.consultations.models import Consultation, Entry
from priyom.consultations.queries import find, visible_to
from priyom.consultations.rules import ConsultationState, EntryKind
from priyom.files import actions as files
from priyom.kernel import words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

_SEEN = sorted(PATIENT_SEES)
NOTHING_PROVEN = Verdict(False, False, False)


def of_consultation(actor: Actor, consultation_id: UUID) -> Papers | None:
    """Return the signed versions, newest first, or None while there is none; recorded as read.

    For the patient's side, the consultant and the head of the МО; others get missing.
    """
    consultation = _readable(actor, consultation_id)
    rows = _signed(consultation)
    if not rows:
        return None
    for row in rows:
        record_read(actor, "conclusion.read", ("conclusion", row.pk), consultation.patient_id)
    return papers_of(consultation, rows, _root(actor, consultation_id))


def of_earlier(actor: Actor, consultation_id: UUID, earlier_id: UUID) -> Papers | None:
    """Return the papers of an earlier completed consultation of the patient one consults now."""
    now = consulted(actor, consultation_id)
    earlier = (
        Consultation.objects.select_related("patient", "doctor__speciality", "organisation")
        .filter(
            pk=earlier_id,
            patient_id=now.patient_id,
            state=ConsultationState.COMPLETED,
            starts_at__lt=now.starts_at,
        )
        .first()
    )
    if earlier is None:
        raise missing("Консультация")
    rows = _signed(earlier)
    for row in rows:
        record_read(actor, "conclusion.read", ("conclusion", row.pk), earlier.patient_id)
    root = f"/desk/consultations/{consultation_id}/earlier/{earlier_id}/conclusion/"
    return papers_of(earlier, rows, root) if rows else None


def by_link(actor: Actor, consultation_id: UUID, root: str) -> Papers:
    """Return the papers for who holds a link of the patient's; the caller has proved it.

    `root` is where the link's PDFs are. Raises Refusal (missing) while nothing is signed.
    """
    consultation = Consultation.objects.select_related(
        "patient", "doctor__speciality", "organisation"
    ).get(pk=consultation_id)
    rows = _signed(consultation)
    if not rows:
        raise missing("Заключение")
    for row in rows:
        record_read(actor, "conclusion.read", ("conclusion", row.pk), consultation.patient_id)
    return papers_of(consultation, rows, root)


def earlier_pdf(
    actor: Actor, consultation_id: UUID, earlier_id: UUID, version: int
) -> tuple[bytes, str]:
    """Return a signed PDF of an earlier consultation of the patient one consults now."""
    found = of_earlier(actor, consultation_id, earlier_id)
    if found is None:
        raise missing("Документ")
    return _bytes_of(actor, earlier_id, version)


def signed_version(actor: Actor, consultation_id: UUID, version: int) -> Conclusion:
    """Return a signed version for whoever may read its PDF; the download is recorded.

    Raises missing for strangers and unsigned versions.
    """
    consultation = _readable(actor, consultation_id)
    row = _version_of(actor, consultation_id, version)
    row.consultation = consultation
    return row


def pdf(actor: Actor, consultation_id: UUID, version: int) -> tuple[bytes, str]:
    """Return the signed bytes of one version and its file name; the download is recorded.

    Raises missing for strangers and unsigned versions, OSError when the store changed the bytes.
    """
    _readable(actor, consultation_id)
    return _bytes_of(actor, consultation_id, version)


def pdf_by_link(actor: Actor, consultation_id: UUID, version: int) -> tuple[bytes, str]:
    """Return a signed PDF and its name for who holds a link; the caller has proved it.

    Raises Refusal (missing).
    """
    return _bytes_of(actor, consultation_id, version)


def signed_for_home(actor: Actor, consultations: Iterable[UUID]) -> dict[UUID, HomePaper]:
    """Return which of the actor's consultations have a conclusion in force, for the list."""
    rows = Conclusion.objects.filter(
        consultation__in=visible_to(actor).filter(pk__in=list(consultations)),
        state=ConclusionState.SIGNED,
    )
    made = {}
    for row in rows:
        url = _root(actor, row.consultation_id)
        made[row.consultation_id] = HomePaper(url, f"{url}v{row.version}.pdf")
    return made


def genuine(code: str) -> Checked | None:
    """Return what anybody may know of the paper with this code, or None; asks the bytes anew."""
    row = (
        Conclusion.objects.select_related("consultation", "organisation", "signed_pdf")
        .filter(check_code=rules.typed_code(code), state__in=_SEEN)
        .first()
    )
    if row is None or row.signed_pdf is None or row.signed_at is None:
        return None
    try:
        verdict = signer.verify(files.read(row.signed_pdf), signer.roots())
    except OSError:
        verdict = NOTHING_PROVEN
    return checked_of(row, verdict)


def checked_of(row: Conclusion, verdict: Verdict) -> Checked:
    """Return what anybody may know of a signed version and of a signature that was checked."""
    return Checked(
        code=rules.shown_code(row.check_code),
        state=row.state,
        number=printing.number_of(row.consultation.number, row.version),
        signed_at=row.when_signed,
        organisation=words.unbroken(row.organisation.name),
        signer=row.signer,
        certificate=row.certificate_serial,
        sha256=row.signed_pdf_id or "",
        verdict=verdict,
        is_training=settings.DEMO if not row.certificate else _is_trial(bytes(row.certificate)),
        revocation=standing_of(verdict.links),
        withdrawn_at=_withdrawn_at(row),
    )


def told_of(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON keeps it; `verdict_in` reads it."""
    at = verdict.signed_at
    return asdict(verdict) | {"signed_at": at.isoformat() if at else None}


def verdict_in(told: Mapping[str, Any]) -> Verdict:
    """Return the verdict of `told_of`; one that proves nothing where none was kept."""
    if "intact" not in told:
        return NOTHING_PROVEN
    kept = {one.name: told[one.name] for one in fields(Verdict)}
    at = kept["signed_at"]
    fault = kept["fault"]
    return Verdict(
        **kept
        | {
            "signed_at": datetime.fromisoformat(at) if at else None,
            "fault": Fault(fault) if fault else None,
            "links": tuple((authority, serial) for authority, serial in kept["links"]),
        }
    )


def papers_of(consultation: Consultation, rows: list[Conclusion], root: str) -> Papers:
    """Return signed rows (newest first) as a page shows them; `root` is where their PDFs are."""
    doctor = consultation.doctor
    return Papers(
        consultation=consultation.pk,
        patient=str(consultation.patient),
        doctor=str(doctor),
        speciality=doctor.speciality.doctor,
        organisation=consultation.organisation.short_name,
        phone=consultation.organisation.phone,
        starts_at=consultation.starts_at,
        ended_at=consultation.ended_at,
        url=root,
        versions=tuple(_version(consultation, row, root) for row in rows),
    )


def _is_trial(certificate: bytes) -> bool:
    return is_trial(parsed(certificate))


def _version(consultation: Consultation, row: Conclusion, root: str) -> Version:
    return Version(
        id=row.pk,
        version=row.version,
        number=printing.number_of(consultation.number, row.version),
        state=row.state,
        label=CONCLUSION.labels[ConclusionState(row.state)],
        note=row.reason,
        content=printing.content_in(row),
        signer=row.signer,
        certificate=row.certificate_serial,
        certificate_until=row.certificate_until,
        signed_at=row.when_signed,
        sha256=row.paper.sha256,
        size=row.paper.size,
        check_code=rules.shown_code(row.check_code),
        check_url=printing.check_url(row.check_code),
        pdf_url=f"{root}v{row.version}.pdf",
        beside=beside(row),
        withdrawn_at=_withdrawn_at(row),
    )


def _withdrawn_at(row: Conclusion) -> datetime | None:
    """Return when the log says that a version was withdrawn; asked of withdrawn ones only."""
    if row.state != ConclusionState.WITHDRAWN:
        return None
    told = Entry.objects.filter(
        consultation=row.consultation_id,
        kind=EntryKind.CONCLUSION_WITHDRAWN,
        data__version=row.version,
    )
    return told.values_list("at", flat=True).first()


def _readable(actor: Actor, consultation_id: UUID) -> Consultation:
    consultation = find(actor, consultation_id)
    if actor.kind in (ActorKind.PATIENT, ActorKind.HEAD) or is_consultant(actor, consultation):
        return consultation
    raise missing("Консультация")


def _signed(consultation: Consultation) -> list[Conclusion]:
    return list(
        Conclusion.objects.select_related("signed_pdf")
        .prefetch_related(LISTED)
        .filter(consultation=consultation, state__in=_SEEN)
        .order_by("-version")
    )


def _bytes_of(actor: Actor, consultation_id: UUID, version: int) -> tuple[bytes, str]:
    row = _version_of(actor, consultation_id, version)
    number = printing.number_of(row.consultation.number, row.version)
    return files.read(row.paper), printing.file_name(number)


def _version_of(actor: Actor, consultation_id: UUID, version: int) -> Conclusion:
    row = (
        Conclusion.objects.select_related("signed_pdf", "formed_xml", "consultation")
        .filter(consultation_id=consultation_id, version=version, state__in=_SEEN)
        .first()
    )
    if row is None:
        raise missing("Документ")
    record(
        actor,
        "conclusion.download",
        ("conclusion", row.pk),
        patient=row.consultation.patient_id,
        result="read",
    )
    return row


def _root(actor: Actor, consultation_id: UUID) -> str:
    portal = "my" if actor.kind is ActorKind.PATIENT else "desk"
    return f"/{portal}/consultations/{consultation_id}/conclusion/"
