"""Django's sessions kept in accounts.Session: each has a public handle, an account and two limits.

`handle` is what sockets, tickets and file links are bound to; the key never leaves the cookie.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from priyom.accounts import actions, queries, rules
from priyom.accounts.models import Session
from priyom.kernel import clock
from priyom.kernel.ids import uuid7

HANDLE = "_handle"
BEGAN = "_began"
PORTAL = "_portal"
"""The prefix a session was made for: a key moved to the other portal's cookie opens nothing."""


class SessionStore(SessionBase):
    """What `request.session` is; writes go through accounts.actions."""

    def __init__(self, session_key: str | None = None, portal: str = "") -> None:
        super().__init__(session_key)
        self.portal = portal
        self._ends_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table, for Django's own commands."""
        return Session

    @classmethod
    def clear_expired(cls) -> None:
        """Delete ended sessions."""
        actions.sweep()

    @property
    def handle(self) -> UUID:
        """Return the public name of this session; made on first use."""
        if HANDLE not in self:
            self[HANDLE] = str(uuid7())
        return UUID(self[HANDLE])

    @property
    def idle(self) -> timedelta:
        """Return how long this session may rest: a portal's limit once somebody signed in."""
        if SESSION_KEY not in self:
            return rules.LONGEST
        return timedelta(seconds=settings.SESSION_IDLE_SECONDS.get(self.portal, 1800))

    def load(self) -> dict[str, Any]:
        """Return the data of a living session; {} and no key otherwise."""
        row = queries.session_row(self.session_key) if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        data = self.decode(row.session_data)
        if data.get(PORTAL) != self.portal:
            self._session_key = None
            return {}
        self._ends_at = row.expire_date
        return data

    def exists(self, session_key: str) -> bool:
        """Tell whether the key is in use."""
        return queries.is_session_key_used(session_key)

    def create(self) -> None:
        """Take a new key and keep a row under it at once."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined] # not in the stubs
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Keep the data. A session deleted meanwhile (signed out elsewhere) stays deleted."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now = clock.now()
        began = datetime.fromisoformat(data.setdefault(BEGAN, now.isoformat()))
        handle = UUID(data.setdefault(HANDLE, str(uuid7())))
        data[PORTAL] = self.portal
        account = data.get(SESSION_KEY)
        row = Session(
            session_key=self.session_key,
            session_data=self.encode(data),
            expire_date=rules.session_ends_at(now, began, self.idle),
            handle=handle,
            account=UUID(account) if account else None,
            began_at=began,
        )
        if not actions.keep_session(row, is_new=must_create):
            raise CreateError if must_create else UpdateError
        self._ends_at = row.expire_date

    def delete(self, session_key: str | None = None) -> None:
        """End the session: its links and sockets end with it."""
        key = session_key or self.session_key
        if key:
            actions.end_session(key)

    def cycle_key(self) -> None:
        """Take a new key and handle with the same data: at sign-in and when the role changes."""
        self.pop(HANDLE, None)
        super().cycle_key()

    def touch(self) -> None:
        """Move the idle limit, at most once a minute, without writing the data."""
        if self._ends_at is None or self.session_key is None or BEGAN not in self:
            return
        began = datetime.fromisoformat(self[BEGAN])
        ends_at = rules.session_ends_at(clock.now(), began, self.idle)
        if ends_at - self._ends_at >= rules.TOUCH_EVERY:
            actions.touch_session(self.session_key, ends_at)
            self._ends_at = ends_at
