"""The gateway's side of one-time tickets, without Django: redeem one, ask whether a session lives.

The functions themselves stand in ticket.sql; the channel SESSION_ENDED carries handles of ended
sessions, so that sockets close at once and not at the next question.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from psycopg import AsyncConnection

SESSION_ENDED = "priyom_session"
"""LISTEN here: the payload is the handle of a session that has just ended."""
REDEEM = "SELECT account, session, kind FROM priyom_redeem_v1(%s)"
OPEN = "SELECT account, session, kind FROM priyom_open_v1(%s, %s, %s)"
"""Redeem a ticket (its hash) for a stream (its hash) of a consultation."""
STREAM = "SELECT account, session, consultation FROM priyom_stream_v1(%s, %s)"
"""Whose stream (its hash) it is; no row when unknown or its session has ended."""
ALIVE = "SELECT priyom_alive_v1(%s, %s)"


@dataclass(frozen=True, slots=True)
class Pass:
    """Who holds the socket: account, public handle of the session, kind of actor."""

    account: UUID
    session: UUID
    kind: str


def hash_of(ticket: str) -> str:
    """Return what the database keeps of a ticket: hex sha-256."""
    return hashlib.sha256(ticket.encode()).hexdigest()


async def redeem(connection: AsyncConnection[tuple[object, ...]], ticket: str) -> Pass | None:
    """Use the ticket up; None when unknown, used, older than 30 s, or its session has ended."""
    found = await (await connection.execute(REDEEM, [hash_of(ticket)])).fetchone()
    if found is None:
        return None
    account, session, kind = found
    return Pass(UUID(str(account)), UUID(str(session)), str(kind))


async def is_alive(
    connection: AsyncConnection[tuple[object, ...]], session: UUID, *, is_active: bool = False
) -> bool:
    """Tell whether the session lives; `is_active` moves its idle limit, as a page would."""
    found = await (await connection.execute(ALIVE, [session, is_active])).fetchone()
    return bool(found and found[0])
