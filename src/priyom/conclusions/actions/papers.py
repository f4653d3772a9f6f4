"""Acts on a conclusion: save, form, revise, sign, amend, withdraw; each is one transaction.

Rendering, hashing and signing happen before the lock; under it the hash is compared and stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from priyom.audit.actions import record
from priyom.conclusions import blanks, letters, paper, printing, queries, rules
from priyom.conclusions.actions.revocation import refuse_revoked
from priyom.conclusions.cda import document, validation
from priyom.conclusions.content import Content, content_of, problems, settled
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.parties import parties_of
from priyom.conclusions.rules import (
    CONCLUSION,
    OPEN,
    PATIENT_SEES,
    ConclusionAct,
    ConclusionState,
    Incomplete,
    SignatureForm,
    SignatureRole,
    Stale,
)
from priyom.conclusions.signer import described
from priyom.conclusions.signing import hand
from priyom.conclusions.signing.checking import Received
from priyom.consultations import actions as consultations
from priyom.consultations.access import is_consultant
from priyom.consultations.actions.living import lock
from priyom.consultations.models import Consultation
from priyom.consultations.rules import OPEN_CHAT, ConsultationState, EntryKind
from priyom.files import actions as files
from priyom.files.models import Blob
from priyom.kernel import clock, typed
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save answers: the number the next one must name, and when it was (UTC)."""

    revision: int
    at: datetime


def save(actor: Actor, consultation_id: UUID, values: Mapping[str, str], revision: int) -> Saved:
    """Keep the draft as typed (values: content.content_of).

    `revision` is the one that the page was shown; 0 for the first. The same content again is
    answered without a new revision. Raises Refusal: Stale (conflict) for an older tab, conflict
    where no draft is written, invalid for a field over its limit, missing for strangers.
    """
    content = content_of(values)
    consultation = queries.consulted(actor, consultation_id)
    try:
        with transaction.atomic():
            row = _locked(consultation_id)
            if row is None:
                return _begin_draft(actor, consultation, content, revision)
            _writable(consultation, row)
            if printing.content_in(row) == content:
                return Saved(row.revision, row.saved_at)
            if row.revision != revision:
                raise Stale(row.revision, row.saved_at)
            _fill(row, content)
            row.revision += 1
            row.saved_at = clock.now()
            row.doctor_id = consultation.doctor_id
            row.save()
            return Saved(row.revision, row.saved_at)
    except IntegrityError:
        # Two tabs wrote the first line at once: the other one was first.
        row = queries.latest(consultation_id)
        if row is None:
            raise
        raise Stale(row.revision, row.saved_at) from None


def form(
    actor: Actor, consultation_id: UUID, revision: int, certificate: bytes = b""
) -> Conclusion:
    """Fix the draft of this revision as a PDF and freeze the chat until it is signed.

    `certificate` is DER, where the doctor chooses it on the page. Raises Refusal: Incomplete
    (invalid) with a sentence for each field, invalid for a certificate that may not sign, Stale
    when the draft was saved meanwhile, conflict in a wrong state, missing for strangers.
    """
    consultation = queries.consulted(actor, consultation_id)
    row = queries.latest(consultation_id)
    if row is None:
        raise Incomplete(problems(Content(), clock.today()))
    CONCLUSION.after(ConclusionState(row.state), ConclusionAct.FORM)
    if row.revision != revision:
        raise Stale(row.revision, row.saved_at)
    content = settled(printing.content_in(row))
    if found := blanks.unfilled(content) | problems(content, clock.today()):
        raise Incomplete(found)
    _fill(row, content)
    at = clock.now()
    chosen = hand.certificate_for(printing.signatory_of(consultation), certificate)
    refuse_revoked(chosen.links)
    facts = queries.facts_of(row, consultation)
    xml = validation.checked(partial(document.document, row, consultation, facts, at))
    made = printing.paper_of(row, consultation, facts, at, described(chosen.certificate))
    pdf = paper.render(made, at, xml)
    ready = hand.prepared(pdf, xml, chosen.way, chosen.certificate, at)
    blob, prepared = files.keep(pdf, _PDF), files.keep(ready.pdf, _PDF)
    sheet = files.keep(xml, document.MEDIA_TYPE)
    with transaction.atomic():
        held = _lock(actor, consultation_id)
        row = _newest(consultation_id)
        row.state = CONCLUSION.after(ConclusionState(row.state), ConclusionAct.FORM)
        if row.revision != revision:
            raise Stale(row.revision, row.saved_at)
        _fill(row, content)
        row.doctor_id = held.doctor_id
        row.formed_at, row.formed_pdf, row.formed_xml = at, blob, sheet
        row.prepared_pdf, row.parties = prepared, parties_of(consultation, at)
        _hold(row, ready)
        row.save()
        if held.state != ConsultationState.COMPLETED:
            consultations.form(actor, consultation_id)
        _record(actor, ConclusionAct.FORM, row, held, sha256=blob.sha256)
    return row


def revise(actor: Actor, consultation_id: UUID) -> Conclusion:
    """Go back from the signature to writing; the chat opens again with it."""
    with transaction.atomic():
        held = _lock(actor, consultation_id)
        row = _newest(consultation_id)
        row.state = CONCLUSION.after(ConclusionState(row.state), ConclusionAct.REVISE)
        row.formed_at = row.formed_pdf = row.formed_xml = row.certificate_until = None
        row.signer = row.certificate_serial = row.way = row.digest = ""
        row.prepared_pdf, row.certificate, row.parties = None, b"", {}
        row.save()
        if held.state != ConsultationState.COMPLETED:
            consultations.revise(actor, consultation_id)
        _record(actor, ConclusionAct.REVISE, row, held)
    return row


def sign(
    actor: Actor, consultation_id: UUID, sha256: str, offered: hand.Offered = hand.NOTHING
) -> Conclusion:
    """Sign exactly the formed PDF that was read (its sha-256) and complete the consultation.

    `offered` is what the doctor's page signed, empty where the way signs by itself. It is checked
    before anything is locked; a corrected version replaces the signed one in the same transaction.
    Raises Refusal: invalid for a signature that is not taken (the version stays formed), conflict
    when it was signed, revised or formed anew meanwhile, missing for strangers.
    """
    consultation = queries.consulted(actor, consultation_id)
    row = _signable(queries.latest(consultation_id), sha256)
    number = printing.number_of(consultation.number, row.version)
    made = hand.signed(row, number, printing.signatory_of(consultation), offered)
    refuse_revoked(made.inside.links)
    blob = files.keep(made.pdf, _PDF)
    with transaction.atomic():
        held = _lock(actor, consultation_id)
        row = _signable(_newest(consultation_id), sha256)
        replaced = _replace(consultation_id, row)
        row.state = ConclusionState.SIGNED
        row.signed_at, row.signed_pdf, row.reason = clock.now(), blob, ""
        row.save()
        _keep_signature(row, blob, SignatureForm.PADES, made.inside)
        if made.beside is not None and row.formed_xml is not None:
            _keep_signature(row, row.formed_xml, SignatureForm.CADES, made.beside)
        if held.state == ConsultationState.COMPLETED:
            consultations.note(actor, consultation_id, EntryKind.AMENDED, version=row.version)
        else:
            consultations.complete(actor, consultation_id)
        _record(actor, ConclusionAct.SIGN, row, held, sha256=blob.sha256)
        letters.tell(held, row, "amended" if replaced or row.version > 1 else "signed")
    return row


def amend(actor: Actor, consultation_id: UUID, reason: str) -> Conclusion:
    """Begin a corrected version of a signed (or withdrawn) conclusion as a new draft.

    The signed one stays in force until the new one is signed. Raises Refusal: invalid without a
    reason, conflict when a version is already being written, missing for strangers.
    """
    reason = _required(reason)
    with transaction.atomic():
        held = _lock(actor, consultation_id)
        before = _newest(consultation_id)
        if before.state in OPEN:
            raise rules.not_open()
        row = Conclusion.objects.create(
            consultation=held,
            organisation_id=held.organisation_id,
            doctor_id=held.doctor_id,
            version=before.version + 1,
            reason=reason,
            saved_at=clock.now(),
            check_code=rules.new_code(),
            **asdict(printing.content_in(before)),
        )
        _record(actor, ConclusionAct.AMEND, row, held)
    return row


def withdraw(actor: Actor, consultation_id: UUID, reason: str) -> Conclusion:
    """The head of the МО withdraws a wrong document; it stays visible as withdrawn, with why.

    The reason stands in the log too, so that the seal of the talk covers it.
    """
    with transaction.atomic():
        held = lock(consultation_id)
        is_head = actor.kind is ActorKind.HEAD and actor.organisation == held.organisation_id
        if not is_head:
            raise missing("Консультация")
        row = (
            Conclusion.objects.select_for_update()
            .filter(consultation_id=consultation_id, state__in=sorted(PATIENT_SEES))
            .order_by("-version")
            .first()
        )
        if row is None:
            raise missing("Заключение")
        row.state = CONCLUSION.after(ConclusionState(row.state), ConclusionAct.WITHDRAW)
        row.reason = _required(reason)
        row.save()
        kind = EntryKind.CONCLUSION_WITHDRAWN
        consultations.note(actor, consultation_id, kind, row.reason, version=row.version)
        _record(actor, ConclusionAct.WITHDRAW, row, held)
        letters.tell(held, row, "withdrawn")
    return row


def _begin_draft(
    actor: Actor, consultation: Consultation, content: Content, revision: int
) -> Saved:
    _writable(consultation, None)
    now = clock.now()
    if revision:
        raise Stale(0, now)
    row = Conclusion.objects.create(
        consultation=consultation,
        organisation_id=consultation.organisation_id,
        doctor_id=consultation.doctor_id,
        revision=1,
        saved_at=now,
        check_code=rules.new_code(),
        **asdict(content),
    )
    record(
        actor,
        "conclusion.draft",
        ("conclusion", row.pk),
        patient=consultation.patient_id,
    )
    return Saved(1, now)


def _writable(consultation: Consultation, row: Conclusion | None) -> None:
    amending = (
        row is not None and row.version > 1 and consultation.state == ConsultationState.COMPLETED
    )
    is_draft = row is None or row.state == ConclusionState.DRAFT
    if not is_draft or not (amending or consultation.state in OPEN_CHAT):
        raise rules.not_open()


def _fill(row: Conclusion, content: Content) -> None:
    for name, value in asdict(content).items():
        setattr(row, name, value)


def _signable(row: Conclusion | None, sha256: str) -> Conclusion:
    if row is None:
        raise missing("Заключение")
    CONCLUSION.after(ConclusionState(row.state), ConclusionAct.SIGN)
    if row.formed_pdf_id != sha256:
        raise rules.changed_since()
    return row


def _hold(row: Conclusion, ready: hand.Ready) -> None:
    """Write down which certificate is printed in the paper and what its owner signs."""
    said = described(ready.certificate)
    row.way, row.digest, row.certificate = ready.way, ready.digest, ready.certificate.dump()
    row.signer, row.certificate_serial = said.owner, said.serial
    row.certificate_until = said.until


def _keep_signature(
    row: Conclusion, document: Blob, form: SignatureForm, received: Received
) -> None:
    said = described(received.certificate)
    Signature.objects.create(
        conclusion=row,
        organisation_id=row.organisation_id,
        role=SignatureRole.DOCTOR,
        form=form,
        document=document,
        way=row.way,
        owner=said.owner,
        serial=said.serial,
        certificate=received.certificate.dump(),
        certificate_until=said.until,
        cms=received.cms,
        signed_at=row.signed_at or clock.now(),
        stamped_at=received.stamped_at,
    )


def _replace(consultation_id: UUID, row: Conclusion) -> bool:
    """Mark the version in force as replaced by this one; False when there is none."""
    before = (
        Conclusion.objects.select_for_update()
        .filter(consultation_id=consultation_id, state=ConclusionState.SIGNED)
        .first()
    )
    if before is None:
        return False
    before.state = CONCLUSION.after(ConclusionState(before.state), ConclusionAct.AMEND)
    before.reason = row.reason
    before.save()
    return True


def _locked(consultation_id: UUID) -> Conclusion | None:
    return (
        Conclusion.objects.select_for_update(of=("self",))
        .select_related("formed_pdf")
        .filter(consultation_id=consultation_id)
        .order_by("-version")
        .first()
    )


def _newest(consultation_id: UUID) -> Conclusion:
    row = _locked(consultation_id)
    if row is None:
        raise missing("Заключение")
    return row


def _lock(actor: Actor, consultation_id: UUID) -> Consultation:
    """Lock the consultation for its consultant: always before the conclusion, as every act does."""
    held = lock(consultation_id)
    if not is_consultant(actor, held):
        raise missing("Консультация")
    return held


def _required(reason: str) -> str:
    return typed.required(reason, rules.reason_needed())


def _record(
    actor: Actor, act: ConclusionAct, row: Conclusion, held: Consultation, **detail: str
) -> None:
    record(
        actor,
        f"conclusion.{act}",
        ("conclusion", row.pk),
        patient=held.patient_id,
        detail={"state": row.state, "version": row.version, **detail},
    )
