"""The journal of a МО: filters, counts, keyset pages, a digest for the poll."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from priyom.intake.models import Request, Step
from priyom.intake.pages import Journal, Row
from priyom.intake.queries.sight import WAITING, keep_read, visible_to
from priyom.intake.rules import Contact, RequestState
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

_S = RequestState
PAGE = 40
FILTERS = ("", "new", "mine", "call", "late", "closed")


def journal(actor: Actor, only: str = "", cursor: str = "", *, seen: str = "") -> Journal:
    """Return a page of the journal of the actor's МО, longest waiting first.

    `only` is one of FILTERS, `cursor` comes from the page before. The read is recorded unless
    nothing changed since the digest `seen`, when nothing new is shown.
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Журнал")
    only = only if only in FILTERS else ""
    rows = _annotated(visible_to(actor)).filter(_filter(actor, only))
    order = ("-asked_at", "-pk") if only == "closed" else ("asked_at", "pk")
    after = _after(cursor, is_down=only == "closed")
    found = list(rows.filter(after).order_by(*order)[: PAGE + 1])
    shown = found[:PAGE]
    counts = _counts(actor)
    now = clock.now()
    made = tuple(_row(actor, row, now) for row in shown)
    digest = _digest(made, counts)
    if shown and digest != seen:
        keep_read(actor, "request.journal", shown)
    last = shown[-1] if len(found) > PAGE else None
    next_page = f"{last.asked_at.isoformat()}|{last.pk}" if last else ""
    return Journal(only, made, counts, next_page, digest)


def _annotated(rows: QuerySet[Request]) -> QuerySet[Request]:
    contacts = (Contact.CALLED, Contact.NO_ANSWER, Contact.CALL_BACK)
    last = Step.objects.filter(request=OuterRef("pk"), kind__in=contacts).order_by("-at", "-pk")
    return rows.annotate(
        last_contact=Coalesce(Subquery(last.values("kind")[:1]), Value("")),
        call_at=Subquery(last.values("call_back_at")[:1]),
    )


def _filter(actor: Actor, only: str) -> Q:
    live = Q(state__in=WAITING)
    return {
        "": live,
        "new": Q(state=_S.NEW) & ~_called_back(),
        "mine": Q(state=_S.TAKEN, taken_by=actor.account),
        "call": live & _called_back(),
        "late": live & Q(answer_due_at__lt=clock.now()),
        "closed": ~live & ~Q(state=_S.SCHEDULED),
    }[only]


def _called_back() -> Q:
    return Q(last_contact__in=[Contact.CALL_BACK, Contact.NO_ANSWER])


def _counts(actor: Actor) -> dict[str, int]:
    rows = _annotated(Request.objects.filter(organisation_id=actor.workplace, state__in=WAITING))
    counted = rows.aggregate(
        all=Count("pk"),
        new=Count("pk", filter=_filter(actor, "new")),
        mine=Count("pk", filter=_filter(actor, "mine")),
        call=Count("pk", filter=_filter(actor, "call")),
        late=Count("pk", filter=_filter(actor, "late")),
    )
    return dict(counted)


def _after(cursor: str, *, is_down: bool) -> Q:
    """Return the rows that follow the cursor «instant|key»; an odd cursor is the first page."""
    at, _, key = cursor.partition("|")
    try:
        instant, last = datetime.fromisoformat(at), UUID(key)
    except ValueError:
        return Q()
    if instant.tzinfo is None:
        return Q()
    way = "lt" if is_down else "gt"
    return Q(**{f"asked_at__{way}": instant}) | Q(asked_at=instant, **{f"pk__{way}": last})


def _row(actor: Actor, row: Request, now: datetime) -> Row:
    return Row(
        id=row.pk,
        number=row.number,
        name=words.short_name(row.family, row.given, row.patronymic),
        age=str(words.years(row.birth_on, clock.today())) if row.birth_on else "",
        who_asks=_who_asks(row),
        source=row.get_source_display().capitalize(),
        speciality=row.speciality.doctor,
        complaint=" ".join(row.complaint.split())[:80],
        state=row.state,
        asked_at=row.asked_at,
        is_late=row.answer_due_at < now,
        is_mine=row.taken_by == actor.account,
        holder=row.taken_by_name,
        taken_at=row.taken_at,
        taken_until=row.taken_until,
        call_back_at=row.call_at,  # type: ignore[attr-defined]  # annotated
        last_contact=row.last_contact,  # type: ignore[attr-defined]  # annotated
    )


def _who_asks(row: Request) -> str:
    if row.for_whom == "self" or not row.asked_by_name:
        return ""
    parts = [*row.asked_by_name.split(), "", "", ""]
    role = "за ребёнка" if row.for_whom == "child" else "за подопечного"
    return f"{role} просит {words.short_name(parts[0], parts[1], parts[2])}"


def _digest(rows: tuple[Row, ...], counts: dict[str, int]) -> str:
    seen = "|".join(
        f"{row.id}{row.state}{row.holder}{row.is_late}{row.last_contact}{row.taken_until}"
        for row in rows
    )
    return hashlib.sha256(f"{seen}{sorted(counts.items())}".encode()).hexdigest()[:16]
