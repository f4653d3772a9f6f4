"""Lists and pages of consultations, and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from priyom.audit.actions import record, record_read
from priyom.consultations.access import is_consultant, is_registry
from priyom.consultations.closing import Facts, closed
from priyom.consultations.models import Attachment, Consent, Consultation, Entry, Member
from priyom.consultations.offers import DOCTOR, PATIENT, REGISTRY, change_until, offers
from priyom.consultations.pages import ConsultationPage, Line
from priyom.consultations.promise import Promise
from priyom.consultations.queries.people import person_of, specialist_of
from priyom.consultations.queries.promises import interval_of, promises
from priyom.consultations.rules import (
    CONSULTATION,
    LIVE,
    OPEN_CHAT,
    PEOPLE_SEND,
    ConsultationState,
    EntryKind,
)
from priyom.files.rules import require_open
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for, own_card, people_of

PARTS = ("patient", "doctor__speciality", "doctor__organisation", "organisation")


def visible_to(actor: Actor) -> QuerySet[Consultation]:
    """Return the consultations whose existence the actor may know of."""
    rows = Consultation.objects.select_related(*PARTS)
    if actor.kind is ActorKind.DOCTOR:
        return rows.filter(doctor_id=actor.consultant)
    if actor.kind in (ActorKind.REGISTRAR, ActorKind.HEAD):
        return rows.filter(organisation_id=actor.workplace)
    if actor.kind is ActorKind.PATIENT:
        return rows.filter(patient_id__in=[person.id for person in people_of(actor)])
    return rows.none()


def find(actor: Actor, consultation_id: UUID) -> Consultation:
    """Return a row the actor may see, or refuse as missing; the door keeps the attempt."""
    found = visible_to(actor).filter(pk=consultation_id).first()
    if found is None:
        raise missing("Консультация")
    return found


def for_patient(actor: Actor, consultation_id: UUID) -> ConsultationPage:
    """Return the page of the patient's side; strangers get missing, the read is recorded."""
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Консультация")
    consultation = find(actor, consultation_id)
    return _read("consultation.open", actor, consultation)


def for_doctor(actor: Actor, consultation_id: UUID) -> ConsultationPage:
    """Return the page of the consultant; anybody else gets missing, the read is recorded."""
    consultation = find(actor, consultation_id)
    if not is_consultant(actor, consultation):
        raise missing("Консультация")
    return _read("consultation.open", actor, consultation)


def for_registry(actor: Actor, consultation_id: UUID) -> ConsultationPage:
    """Return what the registry may know: times and states, not the talk."""
    consultation = find(actor, consultation_id)
    if not is_registry(actor, consultation):
        raise missing("Консультация")
    return _read("consultation.plan", actor, consultation)


def _read(act: str, actor: Actor, row: Consultation) -> ConsultationPage:
    record_read(actor, act, ("consultation", row.pk), row.patient_id)
    return page_of(actor, row)


def page_of(actor: Actor, row: Consultation) -> ConsultationPage:
    """Return the frozen page data of a row that access was checked for."""
    consent = Consent.objects.filter(
        patient_id=row.patient_id, organisation_id=row.organisation_id, state="given"
    ).exists()
    side = {ActorKind.PATIENT: "patient", ActorKind.DOCTOR: "doctor"}.get(actor.kind, "registrar")
    acts, root = {
        "patient": (PATIENT, f"/my/consultations/{row.pk}/"),
        "doctor": (DOCTOR, f"/desk/consultations/{row.pk}/"),
        "registrar": (REGISTRY, f"/desk/booked/{row.pk}/"),
    }[side]
    shut = closed(_facts(row, side), has_consent=consent) if side != "registrar" else None
    own = own_card(actor)
    return ConsultationPage(
        id=row.pk,
        number=row.number,
        state=row.state,
        label=CONSULTATION.labels[ConsultationState(row.state)],
        side=side,
        patient=person_of(row.patient),
        doctor=specialist_of(row),
        organisation_id=row.organisation_id,
        organisation_phone=row.organisation.phone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        began_at=row.began_at,
        ended_at=row.ended_at,
        complaint=row.complaint,
        reason=row.reason,
        last_seq=row.last_seq,
        has_consent=consent,
        is_own=own is not None and own.id == row.patient_id,
        may_write=side != "registrar" and shut is None,
        closed=shut,
        move_asked_at=row.move_asked_at,
        offers=offers(row, acts, root=root, now=clock.now(), has_consent=consent),
        interval=interval_of(row),
        reply_minutes=row.organisation.reply_minutes,
        promise=promises([row]).get(row.pk) if side != "registrar" else None,
    )


def _facts(row: Consultation, side: str) -> Facts:
    """Return what the words in the composer's place are made of."""
    state = ConsultationState(row.state)
    since = row.booked_at if state in OPEN_CHAT else row.ended_at
    if state is ConsultationState.CONCLUDING:
        formed = Entry.objects.filter(consultation=row, kind=EntryKind.FORMED).order_by("-seq")
        since = formed.values_list("at", flat=True).first()
    return Facts(
        id=row.pk,
        patient=row.patient_id,
        state=state,
        side=side,
        since=since or row.starts_at,
        ended_by=row.ended_by,
        phone=row.organisation.phone,
        today=clock.today(),
    )


def at_home(actor: Actor) -> list[Line]:
    """Return all consultations of the patient's people: live first by time, then the past."""
    rows = visible_to(actor).annotate(is_live=Q(state__in=sorted(LIVE)))
    return lines_of(actor, rows.order_by("-is_live", "-starts_at")[:50], "consultation.home")


BOOKED_PAGE = 40


def booked(
    actor: Actor, only: str = "", last: tuple[datetime, UUID] | None = None
) -> tuple[list[Line], bool]:
    """Return a page of the registry's list and whether there is more.

    `only`: live ones, «moves», «dead» (to be cancelled, for a death is noted) or «past» ones.

    `last` is time and key of the last line shown: many consultations begin at one instant.
    """
    rows = visible_to(actor)
    if only == "moves":
        rows = rows.filter(state="scheduled", move_asked_at__isnull=False)
    elif only == "dead":
        died = Q(patient__died_on__isnull=False)
        died |= Q(patient__merged_into__died_on__isnull=False)
        rows = rows.filter(died, state__in=sorted(LIVE))
    elif only == "past":
        rows = rows.exclude(state__in=sorted(LIVE))
    else:
        rows = rows.filter(state__in=sorted(LIVE))
    way, sign = ("lt", "-") if only == "past" else ("gt", "")
    if last is not None:
        at, key = last
        rows = rows.filter(
            Q(**{f"starts_at__{way}": at}) | Q(starts_at=at, **{f"pk__{way}": key}),
            **{f"starts_at__{way}e": at},
        )
    rows = rows.order_by(f"{sign}starts_at", f"{sign}pk")
    keys = list(rows.values_list("pk", flat=True)[: BOOKED_PAGE + 1])
    page = visible_to(actor).filter(pk__in=keys[:BOOKED_PAGE])
    page = page.order_by(f"{sign}starts_at", f"{sign}pk")
    return lines_of(actor, page, "consultation.booked"), len(keys) > BOOKED_PAGE


def earlier(actor: Actor, consultation_id: UUID) -> list[Line]:
    """Return this patient's completed consultations before this one, for its consultant."""
    row = find(actor, consultation_id)
    if not is_consultant(actor, row):
        raise missing("Консультация")
    rows = Consultation.objects.select_related(*PARTS).filter(
        patient_id=row.patient_id, state="completed", starts_at__lt=row.starts_at
    )
    return lines_of(actor, rows.order_by("-starts_at")[:20], "consultation.earlier")


def doctors_who_saw(actor: Actor, patient: UUID) -> frozenset[UUID]:
    """Return which doctors of the actor's МО completed a consultation with a patient.

    Only for whoever already read the patient's card: that read is recorded there.
    """
    rows = Consultation.objects.filter(
        patient_id=patient, organisation_id=actor.workplace, state=ConsultationState.COMPLETED
    )
    return frozenset(rows.values_list("doctor_id", flat=True))


def sent_attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """Return a file of a consultation the actor takes part in; the read is recorded.

    Its own uploader sees it before it is sent; everybody else only afterwards. What an earlier
    talk holds may be seen by whoever consults this patient later.
    """
    found = (
        Attachment.objects.select_related("blob", "consultation")
        .filter(pk=attachment_id)
        .filter(Q(seq__isnull=False) | Q(uploaded_by=actor.account))
        .first()
    )
    if found is None or not (
        _takes_part(actor, found.consultation) or _consults_after(actor, found.consultation)
    ):
        raise missing("Файл")
    require_open(found.blob.scan, is_own=found.uploaded_by == actor.account)
    record_read(actor, "file.open", ("attachment", found.pk), found.consultation.patient_id)
    return found


def membership(actor: Actor, consultation_id: UUID) -> Member:
    """Return the actor's own membership in force, or refuse as missing.

    A mother whose child turned fifteen stays a member, but has no right any more.
    """
    found = (
        Member.objects.select_related("consultation")
        .filter(consultation_id=consultation_id, account=actor.account, until=None)
        .first()
    )
    if found is None:
        raise missing("Консультация")
    if actor.kind is ActorKind.PATIENT:
        may_act_for(actor, found.consultation.patient_id, "Консультация")
    return found


def _takes_part(actor: Actor, consultation: Consultation) -> bool:
    if actor.kind is ActorKind.PATIENT:
        return any(person.id == consultation.patient_id for person in people_of(actor))
    return is_consultant(actor, consultation)


def _consults_after(actor: Actor, past: Consultation) -> bool:
    """Tell whether the actor consults the patient of a completed talk at a later time."""
    if actor.kind is not ActorKind.DOCTOR or past.state != ConsultationState.COMPLETED:
        return False
    later = visible_to(actor).filter(patient_id=past.patient_id, starts_at__gt=past.starts_at)
    return later.exclude(state__in=["cancelled", "returned"]).exists()


def files_of(actor: Actor, consultation_id: UUID) -> list[Attachment]:
    """Return the files that were sent in a consultation, for its consultant's «Файлы»."""
    row = find(actor, consultation_id)
    if not _takes_part(actor, row):
        raise missing("Консультация")
    return list(
        Attachment.objects.select_related("blob")
        .filter(consultation=row, seq__isnull=False)
        .order_by("seq")
    )


def lines_of(
    actor: Actor,
    rows: QuerySet[Consultation],
    action: str,
    *,
    only: Callable[[Line], bool] = lambda line: True,
    promised: Mapping[UUID, Promise] | None = None,
) -> list[Line]:
    """Return the list's lines in one query and keep who saw whose line in the audit.

    `promised` is what is promised in these rows, when the caller knows it.
    """
    mine = Member.objects.filter(  # of the entry it is asked beside
        consultation=OuterRef("consultation"), account=actor.account, until=None
    )
    kinds = [str(kind) for kind in PEOPLE_SEND]
    sent = Entry.objects.filter(consultation=OuterRef("pk"), kind__in=kinds).order_by()
    foreign = sent.exclude(author=actor.account)
    unread = (
        foreign.filter(seq__gt=Subquery(mine.values("read_seq")[:1]))
        .values("consultation")
        .annotate(n=Count(F("seq")))
        .values("n")
    )
    rows = rows.annotate(
        unread=Subquery(unread),
        last_words=Subquery(sent.order_by("-seq").values("body")[:1]),
        given=Exists(
            Consent.objects.filter(
                patient=OuterRef("patient"), organisation=OuterRef("organisation"), state="given"
            )
        ),
        joined=Exists(Member.objects.filter(consultation=OuterRef("pk"), side="patient")),
    )
    if promised is None:
        promised = promises(rows) if actor.kind in (ActorKind.PATIENT, ActorKind.DOCTOR) else {}
    made = [one for row in rows if only(one := _line(actor, row, promised.get(row.pk)))]
    record(
        actor,
        action,
        ("list", action),
        result="read",
        detail={"patients": sorted({str(line.patient.id) for line in made})},
    )
    return made


def _line(actor: Actor, row: Consultation, promise: Promise | None) -> Line:
    """Return one line; the registry gets no words and no counts of the talk."""
    is_side = actor.kind in (ActorKind.PATIENT, ActorKind.DOCTOR)
    has_consent: bool = getattr(row, "given", False)
    root = f"/my/consultations/{row.pk}/"
    may = offers(row, PATIENT, root=root, now=clock.now(), has_consent=has_consent)
    return Line(
        id=row.pk,
        number=row.number,
        state=row.state,
        label=CONSULTATION.labels[ConsultationState(row.state)],
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        patient=person_of(row.patient),
        doctor=specialist_of(row),
        unread=(getattr(row, "unread", 0) or 0) if is_side else 0,
        last_words=(getattr(row, "last_words", "") or "") if is_side else "",
        has_consent=has_consent,
        has_joined=getattr(row, "joined", False),
        move_asked_at=row.move_asked_at,
        move_wish=row.move_wish,
        reason=row.reason,
        offers=may if actor.kind is ActorKind.PATIENT else (),
        change_until=change_until(row),
        clinic_phone=row.organisation.phone,
        promise=promise,
    )
