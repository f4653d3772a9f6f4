"""Reads of conclusions: the doctor's draft, the signed papers, and what a stranger may check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from priyom.audit.actions import record, record_read
from priyom.conclusions import paper, printing, rules, signer
from priyom.conclusions.models import Conclusion
from priyom.conclusions.pages import Checked, DraftPage, HomePaper, Papers, Version
from priyom.conclusions.rules import CONCLUSION, OPEN, PATIENT_SEES, ConclusionState, Content
from priyom.consultations.access import is_consultant
from priyom.consultations.models import Attachment, Consent, Consultation, Entry
from priyom.consultations.queries import find, visible_to
from priyom.consultations.rules import OPEN_CHAT, ConsultationState, EntryKind
from priyom.files import actions as files
from priyom.icd10 import queries as icd10
from priyom.icd10.rules import Diagnosis
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

_SEEN = sorted(PATIENT_SEES)


def draft_for(
    actor: Actor, consultation_id: UUID, problems: Mapping[str, str] | None = None
) -> DraftPage:
    """Return the consultant's part of the page: draft, formed or signed; others get missing.

    `problems` are the sentences beside the fields that a refused act left.
    """
    consultation = consulted(actor, consultation_id)
    row = latest(consultation_id)
    if row is not None:
        record_read(actor, "conclusion.open", ("conclusion", row.pk), consultation.patient_id)
    return _draft_page(consultation, row, problems or {})


def consulted(actor: Actor, consultation_id: UUID) -> Consultation:
    """Return the consultation when the actor is its consultant now, else missing."""
    consultation = find(actor, consultation_id)
    if not is_consultant(actor, consultation):
        raise missing("Консультация")
    return consultation


def latest(consultation_id: UUID) -> Conclusion | None:
    """Return the newest version of any state; access was checked."""
    return Conclusion.objects.filter(consultation_id=consultation_id).order_by("-version").first()


def facts_of(row: Conclusion, consultation: Consultation) -> printing.Facts:
    """Return what the paper says of the talk: consent, calls, files seen, version replaced."""
    consent = Consent.objects.filter(
        patient_id=consultation.patient_id,
        organisation_id=consultation.organisation_id,
    ).order_by("-given_at")
    calls = Entry.objects.filter(
        consultation=consultation, kind=EntryKind.CALL_ENDED, data__seconds__gt=0
    )
    names = (
        Attachment.objects.filter(consultation=consultation, seq__isnull=False)
        .exclude(uploaded_by=consultation.doctor.account_id)
        .order_by("seq")
        .values_list("name", flat=True)
    )
    before = (
        Conclusion.objects.filter(
            consultation=consultation, version__lt=row.version, state__in=_SEEN
        )
        .order_by("-version")
        .first()
    )
    return printing.Facts(
        consented_at=consent.values_list("given_at", flat=True).first(),
        had_call=calls.exists(),
        materials=tuple(names),
        replaces=(before.version, before.signed_at) if before and before.signed_at else None,
    )


def preview(actor: Actor, consultation_id: UUID) -> tuple[bytes, str]:
    """Return the draft as a PDF marked as a draft, and its file name; the consultant only."""
    consultation = consulted(actor, consultation_id)
    row = latest(consultation_id) or Conclusion(
        consultation=consultation,
        complaints=consultation.complaint.strip(),
        saved_at=clock.now(),
        check_code=rules.new_code(),
    )
    if row.state not in OPEN:
        raise missing("Черновик")
    record_read(actor, "conclusion.preview", ("conclusion", row.pk), consultation.patient_id)
    at = row.saved_at
    made = printing.paper_of(row, consultation, facts_of(row, consultation), at, None)
    return paper.render(made, at), f"chernovik-{consultation.number}.pdf"


def formed_pdf(actor: Actor, consultation_id: UUID) -> tuple[bytes, str]:
    """Return exactly the bytes that wait for the signature; the consultant only."""
    consultation = consulted(actor, consultation_id)
    row = latest(consultation_id)
    if row is None or row.state != ConclusionState.FORMED or row.formed_pdf is None:
        raise missing("Документ")
    record_read(actor, "conclusion.preview", ("conclusion", row.pk), consultation.patient_id)
    return files.read(row.formed_pdf), _file_name(row)


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


def earlier_pdf(
    actor: Actor, consultation_id: UUID, earlier_id: UUID, version: int
) -> tuple[bytes, str]:
    """Return a signed PDF of an earlier consultation of the patient one consults now."""
    found = of_earlier(actor, consultation_id, earlier_id)
    if found is None:
        raise missing("Документ")
    return _bytes_of(actor, earlier_id, version)


def pdf(actor: Actor, consultation_id: UUID, version: int) -> tuple[bytes, str]:
    """Return the signed bytes of one version and its file name; the download is recorded.

    Raises missing for strangers and unsigned versions, OSError when the store changed the bytes.
    """
    _readable(actor, consultation_id)
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
        verdict = signer.Verdict(False, False, False)
    return Checked(
        code=rules.shown_code(row.check_code),
        state=row.state,
        number=printing.number_of(row.consultation.number, row.version),
        signed_at=row.signed_at,
        organisation=row.organisation.name,
        signer=row.signer,
        certificate=row.certificate_serial,
        sha256=row.signed_pdf.sha256,
        verdict=verdict,
        is_training=settings.DEMO,
    )


def diagnoses(actor: Actor, typed: str) -> list[Diagnosis]:
    """Return what the doctor may mean by what is typed; before that, one's own and usual codes."""
    doctor = actor.consultant
    if typed.strip():
        return icd10.search(typed, doctor)
    own = icd10.favourites(doctor)
    usual = icd10.named(_usual(doctor), doctor)
    return [*own, *(one for one in usual if not one.is_favourite)][: rules.OFFERED]


def _usual(doctor: UUID) -> list[str]:
    """Return the codes that the doctor signed most often lately, the most frequent first."""
    lately = clock.now() - rules.LATELY
    rows = Conclusion.objects.filter(
        doctor=doctor, state=ConclusionState.SIGNED, signed_at__gte=lately
    ).exclude(diagnosis_code="")
    counted = rows.values("diagnosis_code").annotate(times=Count("pk"))
    ordered = counted.order_by("-times", "diagnosis_code")
    return list(ordered.values_list("diagnosis_code", flat=True)[: rules.OFFERED])


def papers_of(consultation: Consultation, rows: list[Conclusion], root: str) -> Papers:
    """Return signed rows (newest first) as a page shows them; `root` is where their PDFs are."""
    doctor = consultation.doctor
    return Papers(
        consultation=consultation.pk,
        patient=str(consultation.patient),
        doctor=str(doctor),
        speciality=doctor.speciality.doctor,
        organisation=consultation.organisation.short_name,
        starts_at=consultation.starts_at,
        ended_at=consultation.ended_at,
        url=root,
        versions=tuple(_version(consultation, row, root) for row in rows),
    )


def _version(consultation: Consultation, row: Conclusion, root: str) -> Version:
    assert row.signed_at is not None  # noqa: S101 - the database promises both
    assert row.signed_pdf is not None  # noqa: S101
    return Version(
        version=row.version,
        number=printing.number_of(consultation.number, row.version),
        state=row.state,
        label=CONCLUSION.labels[ConclusionState(row.state)],
        note=row.reason,
        content=printing.content_in(row),
        signer=row.signer,
        certificate=row.certificate_serial,
        certificate_until=row.certificate_until,
        signed_at=row.signed_at,
        sha256=row.signed_pdf.sha256,
        size=row.signed_pdf.size,
        check_code=rules.shown_code(row.check_code),
        check_url=printing.check_url(row.check_code),
        pdf_url=f"{root}v{row.version}.pdf",
    )


def _draft_page(
    consultation: Consultation, row: Conclusion | None, problems: Mapping[str, str]
) -> DraftPage:
    content = (
        printing.content_in(row) if row else Content(complaints=consultation.complaint.strip())
    )
    state = ConclusionState(row.state) if row else None
    is_written = state is ConclusionState.DRAFT and row is not None and row.version > 1
    writes = consultation.state in OPEN_CHAT or is_written
    return DraftPage(
        consultation=consultation.pk,
        number=consultation.number,
        patient=words.short_name(
            consultation.patient.family,
            consultation.patient.given,
            consultation.patient.patronymic,
        ),
        state=state or "",
        label=CONCLUSION.labels[state] if state else "",
        version=row.version if row else 1,
        revision=row.revision if row else 0,
        content=content,
        values=rules.as_values(content),
        saved_at=row.saved_at if row else None,
        formed_at=row.formed_at if row else None,
        signed_at=row.signed_at if row else None,
        pdf=(row.formed_pdf_id or "") if row else "",
        amends=row.reason if row and row.version > 1 and state in OPEN else "",
        closed=""
        if writes or state not in (None, ConclusionState.DRAFT)
        else _closed(consultation),
        problems=problems,
    )


def _closed(consultation: Consultation) -> str:
    return {
        ConsultationState.CONCLUDING: "Консультация на подписи.",
        ConsultationState.COMPLETED: "Консультация завершена.",
        ConsultationState.CANCELLED: "Консультация отменена: заключения не будет.",
        ConsultationState.NO_SHOW: "Пациент не пришёл: заключения не будет.",
        ConsultationState.RETURNED: "Консультация возвращена в журнал: заключения не будет.",
    }.get(ConsultationState(consultation.state), "")


def _readable(actor: Actor, consultation_id: UUID) -> Consultation:
    consultation = find(actor, consultation_id)
    if actor.kind in (ActorKind.PATIENT, ActorKind.HEAD) or is_consultant(actor, consultation):
        return consultation
    raise missing("Консультация")


def _signed(consultation: Consultation) -> list[Conclusion]:
    return list(
        Conclusion.objects.select_related("signed_pdf")
        .filter(consultation=consultation, state__in=_SEEN)
        .order_by("-version")
    )


def _bytes_of(actor: Actor, consultation_id: UUID, version: int) -> tuple[bytes, str]:
    row = (
        Conclusion.objects.select_related("signed_pdf", "consultation")
        .filter(consultation_id=consultation_id, version=version, state__in=_SEEN)
        .first()
    )
    if row is None or row.signed_pdf is None:
        raise missing("Документ")
    record(
        actor,
        "conclusion.download",
        ("conclusion", row.pk),
        patient=row.consultation.patient_id,
        result="read",
    )
    return files.read(row.signed_pdf), _file_name(row)


def _file_name(row: Conclusion) -> str:
    return printing.file_name(printing.number_of(row.consultation.number, row.version))


def _root(actor: Actor, consultation_id: UUID) -> str:
    portal = "my" if actor.kind is ActorKind.PATIENT else "desk"
    return f"/{portal}/consultations/{consultation_id}/conclusion/"
