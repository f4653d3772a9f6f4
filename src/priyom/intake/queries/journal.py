"""The journal of a МО: filters, a search, counts, keyset pages, a digest for the poll."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Lower, Replace

from priyom.intake.models import Request
from priyom.intake.pages import Journal, Row
from priyom.intake.queries.sight import WAITING, keep_read, visible_to
from priyom.intake.rules import REQUEST, Contact, RequestState, Urgency, is_due_soon
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.names import compare_key
from priyom.kernel.phones import normal_phone
from priyom.kernel.refusal import missing

_S = RequestState
PAGE = 40
FILTERS = ("", "new", "mine", "others", "call", "soon", "late", "closed")
COUNTED = ("new", "mine", "others", "call", "soon", "late")
SOURCES = dict(Request._meta.get_field("source").flatchoices)
_NUMBER = re.compile(r"[\w-]*\d[\w-]*")


@dataclass(frozen=True, slots=True)
class Sift:
    """What of the journal is wanted; what is odd counts as not asked.

    `only` is one of FILTERS, `cursor` comes from the page before. `sought` is a request's number
    or a phone, found in every state, or the beginning of a family and a given name among those
    that wait (or ended, with «closed»).
    """

    only: str = ""
    source: str = ""
    speciality: UUID | None = None
    sought: str = ""
    cursor: str = ""


def journal(actor: Actor, sift: Sift | None = None, *, seen: str = "") -> Journal:
    """Return a page of the journal of the actor's МО, longest waiting first.

    The read is recorded unless nothing changed since the digest `seen`, when nothing new is shown.
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Журнал")
    sift = sift or Sift()
    only = sift.only if sift.only in FILTERS else ""
    rows, is_exact = _sought(visible_to(actor), sift.sought)
    rows = _of_kind(rows, sift)
    if not is_exact:
        rows = rows.filter(_filter(actor, only))
    order = ("-asked_at", "-pk") if only == "closed" else ("asked_at", "pk")
    after = _after(sift.cursor, is_down=only == "closed")
    found = list(rows.filter(after).order_by(*order)[: PAGE + 1])
    shown = found[:PAGE]
    counts = _counts(actor, sift)
    now = clock.now()
    made = tuple(_row(actor, row, now) for row in shown)
    digest = _digest(made, counts)
    if shown and digest != seen:
        keep_read(actor, "request.journal", shown)
    last = shown[-1] if len(found) > PAGE else None
    next_page = f"{last.asked_at.isoformat()}|{last.pk}" if last else ""
    return Journal(only, made, counts, next_page, digest)


def _of_kind(rows: QuerySet[Request], sift: Sift) -> QuerySet[Request]:
    if sift.source in SOURCES:
        rows = rows.filter(source=sift.source)
    return rows.filter(speciality_id=sift.speciality) if sift.speciality else rows


def _sought(rows: QuerySet[Request], text: str) -> tuple[QuerySet[Request], bool]:
    """Return the rows meant by what was typed, and whether it names one request or one phone."""
    plain = " ".join(text.replace("№", " ").split())[:100]
    phone = normal_phone(plain) if plain else None
    if phone or _NUMBER.fullmatch(plain):
        meant = Q(number=plain)
        return rows.filter(meant | Q(phone=phone) if phone else meant), True
    if not plain:
        return rows, False
    family, given = (compare_key(word) for word in [*plain.split(), ""][:2])
    rows = rows.alias(family_key=_key("family"), given_key=_key("given"))
    return rows.filter(family_key__startswith=family, given_key__startswith=given), False


def _key(name: str) -> Replace:
    """Return the comparison form of a name in SQL (kernel.names), for the few rows that wait."""
    return Replace(Replace(Lower(name), Value("ё"), Value("е")), Value("-"), Value(" "))


def _filter(actor: Actor, only: str) -> Q:
    live = Q(state__in=WAITING)
    mine = Q(taken_by=actor.account)
    return {
        "": live,
        "new": Q(state=_S.NEW) & ~_CALLED_BACK,
        "mine": Q(state=_S.TAKEN) & mine,
        "others": Q(state=_S.TAKEN) & ~mine,
        "call": live & _CALLED_BACK,
        "soon": live & _is_soon(),
        "late": live & Q(answer_due_at__lt=clock.now()),
        "closed": Q(state__in=[_S.DECLINED, _S.WITHDRAWN, _S.DUPLICATE, _S.EXPIRED]),
    }[only]


def _is_soon() -> Q:
    """Return what rules.is_due_soon says, in SQL."""
    now, term = clock.now(), F("answer_due_at") - F("asked_at")
    quarter = ExpressionWrapper(term / 4, output_field=DurationField())
    until = ExpressionWrapper(Value(now) + quarter, output_field=DateTimeField())
    return Q(answer_due_at__gt=now, answer_due_at__lt=until)


_CALLED_BACK = Q(last_contact__in=[Contact.CALL_BACK, Contact.NO_ANSWER])


def _counts(actor: Actor, sift: Sift) -> dict[str, int]:
    rows = Request.objects.filter(organisation_id=actor.workplace, state__in=WAITING)
    kinds = {only: Count("pk", filter=_filter(actor, only)) for only in COUNTED}
    return dict(_of_kind(rows, sift).aggregate(all=Count("pk"), **kinds))


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
    # The first half alone opens the index at the right place.
    return Q(**{f"asked_at__{way}e": instant}) & (
        Q(**{f"asked_at__{way}": instant}) | Q(**{f"pk__{way}": last})
    )


def _row(actor: Actor, row: Request, now: datetime) -> Row:
    waits = row.state in WAITING
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
        label="" if waits else REQUEST.labels[_S(row.state)],
        asked_at=row.asked_at,
        due_at=row.answer_due_at,
        is_late=waits and row.answer_due_at < now,
        is_soon=waits and is_due_soon(row.asked_at, row.answer_due_at, now),
        is_urgent=row.urgency == Urgency.URGENT,
        is_mine=row.taken_by == actor.account,
        holder=row.taken_by_name,
        taken_at=row.taken_at,
        taken_until=row.taken_until,
        call_back_at=row.call_back_at,
        is_call_due=waits and row.call_back_at is not None and row.call_back_at <= now,
        last_contact=row.last_contact,
    )


def _who_asks(row: Request) -> str:
    if row.for_whom == "self" or not row.asked_by_name:
        return ""
    parts = [*row.asked_by_name.split(), "", "", ""]
    role = "за ребёнка" if row.for_whom == "child" else "за подопечного"
    return f"{role} просит {words.short_name(parts[0], parts[1], parts[2])}"


def _digest(rows: tuple[Row, ...], counts: dict[str, int]) -> str:
    seen = "|".join(
        f"{row.id}{row.state}{row.holder}{row.is_late}{row.is_soon}{row.is_urgent}"
        f"{row.last_contact}{row.call_back_at}{row.is_call_due}{row.taken_until}"
        for row in rows
    )
    return hashlib.sha256(f"{seen}{sorted(counts.items())}".encode()).hexdigest()[:16]
