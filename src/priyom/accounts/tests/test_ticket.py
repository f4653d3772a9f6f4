"""The gateway's ticket: for signed-in people, once, 30 s; the gateway may call two functions."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.utils import timezone
from psycopg import sql

from priyom.accounts import actions, ticket
from priyom.accounts.models import Account, Session, Ticket
from priyom.accounts.tests.doors import enter
from priyom.testing.builders import account

T = TypeVar("T")
NAME = ("Иванова", "Анна", "Сергеевна")


async def redeemed(dsn: str, text: str) -> ticket.Pass | None:
    """Redeem as the gateway does."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as gateway:
        return await ticket.redeem(gateway, text)


async def alive(dsn: str, handle: UUID, *, is_active: bool = False) -> bool:
    """Ask as the gateway does."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as gateway:
        return await ticket.is_alive(gateway, handle, is_active=is_active)


@pytest.fixture
def anna(committed_db: None) -> Account:
    """A patient's account that the gateway sees, too."""
    return account(NAME, trusted=True)


@pytest.fixture
def text(anna: Account, client: Client) -> str:
    """A fresh ticket of Анна's session."""
    enter(client, anna, "/my")
    answer = client.post("/my/ticket", headers={"accept": "application/json"})
    assert answer.json()["gateway"].endswith("/ws")
    return str(answer.json()["ticket"])


def run(work: Coroutine[object, object, T]) -> T:
    """Run one question of the gateway; the tests of Django stay sync."""
    return asyncio.run(work)


def test_ticket_names_account_session_and_kind(text: str, anna: Account, gateway_dsn: str) -> None:
    session = Session.objects.get(account=anna.pk)
    assert run(redeemed(gateway_dsn, text)) == ticket.Pass(anna.pk, session.handle, "patient")


def test_only_its_hash_is_kept(text: str) -> None:
    assert Ticket.objects.get().hash == ticket.hash_of(text) != text


def test_ticket_works_once(text: str, gateway_dsn: str) -> None:
    assert run(redeemed(gateway_dsn, text))
    assert run(redeemed(gateway_dsn, text)) is None


def test_old_ticket_is_nothing(text: str, gateway_dsn: str) -> None:
    Ticket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert run(redeemed(gateway_dsn, text)) is None


def test_unknown_ticket_is_nothing(committed_db: None, gateway_dsn: str) -> None:
    assert run(redeemed(gateway_dsn, "guess")) is None


def test_sign_out_kills_the_ticket(
    text: str, anna: Account, client: Client, gateway_dsn: str
) -> None:
    handle = Session.objects.get(account=anna.pk).handle
    assert run(alive(gateway_dsn, handle))
    client.post("/my/sign-out/")
    assert run(redeemed(gateway_dsn, text)) is None
    assert not run(alive(gateway_dsn, handle))


def test_ticket_of_a_resting_session_is_nothing(text: str, gateway_dsn: str) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert run(redeemed(gateway_dsn, text)) is None


def test_ticket_of_a_closed_account_is_nothing(text: str, anna: Account, gateway_dsn: str) -> None:
    Account.objects.filter(pk=anna.pk).update(is_active=False)
    assert run(redeemed(gateway_dsn, text)) is None


def test_gateway_hears_of_the_end(anna: Account, client: Client, gateway_dsn: str) -> None:
    handle = enter(client, anna, "/my").handle
    with psycopg.connect(gateway_dsn, autocommit=True) as gateway:
        gateway.execute(f"LISTEN {ticket.SESSION_ENDED}")
        actions.end_sessions_of(anna.pk)
        heard = next(gateway.notifies(timeout=2, stop_after=1), None)
    assert heard is not None
    assert UUID(heard.payload) == handle


def test_talking_keeps_the_session_but_not_for_ever(
    anna: Account, client: Client, gateway_dsn: str
) -> None:
    handle = enter(client, anna, "/my").handle
    now = timezone.now()
    rows = Session.objects.filter(handle=handle)
    rows.update(expire_date=now + timedelta(minutes=1))
    assert run(alive(gateway_dsn, handle))
    assert rows.get().expire_date == now + timedelta(minutes=1)
    assert run(alive(gateway_dsn, handle, is_active=True))
    assert rows.get().expire_date > now + timedelta(minutes=29)
    rows.update(
        began_at=now - timedelta(hours=11, minutes=50), expire_date=now + timedelta(minutes=1)
    )
    assert run(alive(gateway_dsn, handle, is_active=True))
    assert rows.get().expire_date == now + timedelta(minutes=10)


def test_gateway_reads_no_table(committed_db: None, gateway_dsn: str) -> None:
    with psycopg.connect(gateway_dsn, autocommit=True) as gateway:
        for table in ("accounts_ticket", "accounts_stream", "accounts_session", "accounts_account"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                gateway.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table)))


@pytest.mark.django_db
def test_nobody_gets_no_ticket(client: Client) -> None:
    for address in ("/my/ticket", "/desk/ticket"):
        answer = client.post(address, headers={"accept": "application/json"})
        assert answer.status_code == 403
        assert answer.json()["code"] == "signed_out"
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_ticket_is_not_a_link(client: Client) -> None:
    assert client.get("/my/ticket").status_code == 405
