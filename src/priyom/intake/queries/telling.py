"""The list of calls of a МО: who has no e-mail, what to tell, when to call again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from priyom.audit.actions import record
from priyom.intake.choices import NEWS, News, TellingState, TransferState
from priyom.intake.models import Telling, Transfer
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing

MOST_CALLS = 100
_OF_A_TIME = (News.BOOKED, News.MOVED, News.DISPLACED)


@dataclass(frozen=True, slots=True)
class TellingView:
    """One person to be called."""

    id: UUID
    news: str
    what: str
    """«время перенесли»."""
    name: str
    phone: str
    number: str
    starts_at: datetime | None
    """Of the consultation as it is now."""
    doctor: str
    reason: str
    url: str
    attempts: int
    call_back_at: datetime | None
    made_at: datetime

    @property
    def phone_text(self) -> str:
        """Return «+7 921 555-10-20»."""
        return show_phone(self.phone)

    @property
    def is_later(self) -> bool:
        """Whether the person asked to be called at a time that has not come."""
        return self.call_back_at is not None and self.call_back_at > clock.now()


def tellings(actor: Actor) -> tuple[TellingView, ...]:
    """Return whom the МО must call, those whose time has come first; recorded."""
    if not actor.keeps_registry:
        raise missing("Страница")
    rows = _waiting(Telling.objects.filter(organisation_id=actor.workplace))
    found = list(rows.order_by(F("call_back_at").asc(nulls_first=True), "made_at")[:MOST_CALLS])
    people = sorted({str(key) for row in found if (key := _patient_of(row))})
    seen = {"patients": people, "tellings": len(found)}
    record(actor, "telling.list", ("list", "telling.list"), result="read", detail=seen)
    made = _views(found)
    return tuple(sorted(made, key=lambda one: one.is_later))


def tellings_of(consultations: Iterable[UUID]) -> dict[UUID, TellingView]:
    """Return by consultation what must still be told; the caller has asked the right and kept it.

    In at most two queries.
    """
    rows = list(_waiting(Telling.objects.filter(consultation__in=list(consultations))))
    return {row.consultation_id: view for row, view in zip(rows, _views(rows), strict=True)
            if row.consultation_id}  # fmt: skip


def _waiting(rows: QuerySet[Telling]) -> QuerySet[Telling]:
    """Return what is not told yet and still of use: a time that has begun is told no more."""
    is_over = Q(news__in=_OF_A_TIME, consultation__starts_at__lte=clock.now())
    parts = ("request", "consultation__patient", "consultation__doctor__speciality")
    return rows.filter(state=TellingState.WAITING).exclude(is_over).select_related(*parts)


def _views(rows: list[Telling]) -> list[TellingView]:
    away = [row.consultation_id for row in rows if row.news == News.DISPLACED]
    transfers = Transfer.objects.filter(consultation__in=away, state=TransferState.WAITING)
    absences = dict(transfers.values_list("consultation_id", "absence_id")) if away else {}
    return [_view(row, absences) for row in rows]


def _view(row: Telling, absences: dict[UUID, UUID]) -> TellingView:
    request, now = row.request, row.consultation
    if request is not None:
        name = words.full_name(request.family, request.given, request.patronymic)
    else:
        name = str(now.patient) if now else ""
    phone = (request.phone if request else "") or (now.patient.phone if now else "")
    number = request.number if request else now.number if now else ""
    url = f"/desk/booked/{now.pk}/" if now else f"/desk/requests/{row.request_id}/"
    if now is not None and now.pk in absences:
        url = f"/desk/absences/{absences[now.pk]}/"
    is_of_time = now is not None and row.news in _OF_A_TIME
    return TellingView(
        id=row.pk,
        news=row.news,
        what=NEWS[News(row.news)],
        name=name,
        phone=phone,
        number=number,
        starts_at=now.starts_at if now else None,
        doctor=f"{now.doctor}, {now.doctor.speciality.doctor}" if now else "",
        reason=(now.reason if now else request.reason if request else "") if not is_of_time else "",
        url=url,
        attempts=row.attempts,
        call_back_at=row.call_back_at,
        made_at=row.made_at,
    )


def _patient_of(row: Telling) -> UUID | None:
    whose = row.consultation or row.request
    return whose.patient_id if whose else None
