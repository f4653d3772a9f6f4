"""Small things that people type or an address carries: a text that must be there, a day, a key."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from priyom.kernel import clock
from priyom.kernel.refusal import Refusal, RefusalKind

REASON_LIMIT = 500
"""Characters of a reason or a note: as many as the fields for them take."""
_YEARS = range(1900, 2200)
"""Beyond them there is nothing to show, and a day more or less leaves the calendar."""


def required(text: str, otherwise: Refusal, limit: int = REASON_LIMIT) -> str:
    """Return the text without its margins; nothing that was typed is ever cut off silently.

    Raises `otherwise` for an empty text, Refusal (invalid) for one of more than `limit` characters.
    """
    plain = text.strip()
    if not plain:
        raise otherwise
    if len(plain) > limit:
        raise too_long(limit, otherwise.field)
    return plain


def too_long(limit: int, field: str) -> Refusal:
    """Return the refusal of a text over `limit` characters, beside its field."""
    return Refusal(
        "typed.too_long",
        RefusalKind.INVALID,
        f"Получилось длиннее {limit} знаков. Оставьте главное.",
        field=field,
    )


def day(text: str) -> date | None:
    """Return the date of «2026-11-24», or None for what is none in our time."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def moment(text: str) -> datetime | None:
    """Return the instant of «15:30» (the next one) or of «2026-11-25T15:30», Moscow time, or None.

    A day outside our time is none.
    """
    try:
        if "T" in text:
            found = datetime.fromisoformat(text).replace(tzinfo=clock.MOSCOW)
            return found if found.year in _YEARS else None
        at = datetime.combine(clock.today(), time.fromisoformat(text), clock.MOSCOW)
    except ValueError:
        return None
    return at if at > clock.now() else at + timedelta(days=1)


def key(text: str) -> UUID | None:
    """Return the key that `text` spells, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
