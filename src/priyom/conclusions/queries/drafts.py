"""Reads for the doctor who writes: the draft, what the talk offers for it, its paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import Count, Q

from priyom.audit.actions import record_read
from priyom.conclusions import paper, printing, rules
from priyom.conclusions.blanks import Template
from priyom.conclusions.content import Content, as_values, cited
from priyom.conclusions.models import Conclusion
from priyom.conclusions.models import Template as Row
from priyom.conclusions.pages import (
    DraftPage,
    Material,
    Source,
)
from priyom.conclusions.queries.beside import beside
from priyom.conclusions.rules import CONCLUSION, OPEN, PATIENT_SEES, ConclusionState
from priyom.conclusions.starters import starters
from priyom.consultations.access import is_consultant
from priyom.consultations.models import Attachment, Consent, Consultation, Entry
from priyom.consultations.queries import find
from priyom.consultations.rules import OPEN_CHAT, ConsultationState, EntryKind
from priyom.files import actions as files
from priyom.icd10 import queries as icd10
from priyom.icd10.rules import Diagnosis
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing

_SEEN = sorted(PATIENT_SEES)


def draft_for(
    actor: Actor,
    consultation_id: UUID,
    problems: Mapping[str, str] | None = None,
    *,
    with_materials: bool = False,
) -> DraftPage:
    """Return the consultant's part of the page: draft, formed or signed; others get missing.

    `problems` are the sentences beside the fields that a refused act left; `with_materials` asks
    for the files that may be ticked at once.
    """
    consultation = consulted(actor, consultation_id)
    row = latest(consultation_id)
    if row is not None:
        record_read(actor, "conclusion.open", ("conclusion", row.pk), consultation.patient_id)
    page = _draft_page(consultation, row, problems or {})
    return replace(page, materials=_materials(consultation)) if with_materials else page


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
    ticked = set(row.materials)
    found = _materials(consultation) if ticked else ()
    seen = Conclusion.objects.filter(
        consultation=consultation, version__lt=row.version, state__in=_SEEN
    )
    before = seen.order_by("-version").first() if row.version > 1 else None
    return printing.Facts(
        consented_at=consent.values_list("given_at", flat=True).first(),
        had_call=calls.exists(),
        materials=tuple(one.name for one in found if one.key in ticked),
        replaces=(before.version, before.signed_at) if before and before.signed_at else None,
    )


def materials(actor: Actor, consultation_id: UUID) -> tuple[tuple[Material, ...], frozenset[str]]:
    """Return the patient's files in the talk and the keys of those ticked; the consultant only."""
    consultation = consulted(actor, consultation_id)
    row = latest(consultation_id)
    subject = ("consultation", consultation.pk)
    record_read(actor, "conclusion.materials", subject, consultation.patient_id)
    return _materials(consultation), frozenset(row.materials if row else ())


def _materials(consultation: Consultation) -> tuple[Material, ...]:
    """Return what the patient's side sent, in the order of the talk."""
    rows = (
        Attachment.objects.filter(consultation=consultation, seq__isnull=False)
        .exclude(uploaded_by=consultation.doctor.account_id)
        .order_by("seq", "pk")
    )
    return tuple(Material(str(one.pk), one.name, one.seq or 0, one.uploaded_at) for one in rows)


def _cited(consultation: Consultation, content: Content) -> tuple[Source, ...]:
    """Return what of the talk was taken into the fields, as links back to it."""
    pairs = cited(content.sources)
    if not pairs:
        return ()
    entries = Entry.objects.filter(consultation=consultation, seq__in=[seq for _, seq in pairs])
    when = dict(entries.values_list("seq", "at"))
    return tuple(Source(name, seq, when[seq]) for name, seq in pairs if seq in when)


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
    return files.read(row.formed_pdf), printing.file_name(
        printing.number_of(consultation.number, row.version)
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


def templates(actor: Actor, consultation_id: UUID) -> tuple[Template, ...]:
    """Return the consultant's own templates, those of colleagues of the speciality, ready ones.

    A ready one gives way to an own one of its title.
    """
    own = consulted(actor, consultation_id).doctor
    rows = Row.objects.select_related("doctor").filter(
        Q(doctor=own) | Q(organisation=own.organisation_id, speciality=own.speciality_id)
    )
    kept = tuple(
        Template(row.pk, row.title, row.values, "" if row.doctor_id == own.pk else str(row.doctor))
        for row in sorted(rows, key=lambda one: (one.doctor_id != own.pk, one.title, one.pk))
    )
    own_titles = {one.title for one in kept if not one.owner}
    ready = starters(own.speciality.code)
    return kept + tuple(one for one in ready if one.title not in own_titles)


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
        values=as_values(content),
        materials=None,
        sources=_cited(consultation, content),
        saved_at=row.saved_at if row else None,
        formed_at=row.formed_at if row else None,
        signed_at=row.signed_at if row else None,
        pdf=(row.formed_pdf_id or "") if row else "",
        amends=row.reason if row and row.version > 1 and state in OPEN else "",
        beside=beside(row) if row else (),
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
