"""One connection to the database that heals: used by one task at a time, closed when in doubt."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection

from priyom.consultations.log import BY_KEYS

Link = AsyncConnection[tuple[Any, ...]]
# A commit that is acknowledged is on the disk, whatever the server's default says.
OPTIONS = f"-c timezone=UTC -c synchronous_commit=on -c lock_timeout=2000 {BY_KEYS}"


class Lost(Exception):
    """The database did not answer; what the statement did is unknown."""


async def connect(dsn: str, name: str) -> Link:
    """Return a new autocommitting connection; raises Lost."""
    try:
        async with asyncio.timeout(5):
            return await AsyncConnection.connect(
                dsn, autocommit=True, options=OPTIONS, application_name=name, connect_timeout=4
            )
    except (psycopg.Error, OSError, TimeoutError) as error:
        raise Lost(str(error)) from error


class Line:
    """Runs statements one after the other; after any doubt the next one gets a new connection."""

    def __init__(self, dsn: str, name: str, patience: float = 5.0) -> None:
        self._dsn = dsn
        self._name = name
        self._patience = patience
        self._link: Link | None = None
        self._turn = asyncio.Lock()

    @property
    def is_up(self) -> bool:
        """Whether the last statement found the database."""
        return self._link is not None

    async def rows(self, query: LiteralString, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows.

        Raises Lost, or psycopg's DataError and IntegrityError when the values are at fault.
        Whatever else the server says is its own state, which passes: standing by, full and
        read-only, not migrated yet. A new connection may find a better one.
        """
        async with self._turn:
            link = self._link or await connect(self._dsn, self._name)
            self._link = link
            try:
                # The client's own clock: a frozen server still answers on the lower layers.
                async with asyncio.timeout(self._patience):
                    return await (await link.execute(query, values)).fetchall()
            except (psycopg.DataError, psycopg.IntegrityError):
                raise
            except psycopg.Error as error:
                await self.close()
                raise Lost(str(error)) from error
            except (TimeoutError, OSError) as error:
                await self.close()
                raise Lost("no answer in time") from error
            except asyncio.CancelledError:
                await self.close()
                raise

    async def close(self) -> None:
        """Let go of the connection."""
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await link.close()
