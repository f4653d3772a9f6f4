"""Reads of accounts and sessions."""

from __future__ import annotations

from uuid import UUID

from priyom.accounts.models import Account, Session
from priyom.kernel import clock


def account(key: UUID) -> Account | None:
    """Return the account, or None."""
    return Account.objects.filter(pk=key).first()


def session_row(session_key: str) -> Session | None:
    """Return the session that has not ended yet."""
    return Session.objects.filter(session_key=session_key, expire_date__gt=clock.now()).first()


def is_session_key_used(session_key: str) -> bool:
    """Tell whether there is such a session, ended or not."""
    return Session.objects.filter(session_key=session_key).exists()
