"""Sessions: a cookie for each portal, a handle, an idle and a longest life, an end for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from priyom.accounts import actions
from priyom.accounts.middleware import cookie_of
from priyom.accounts.models import Account, Session, Ticket
from priyom.accounts.sessions import SessionStore
from priyom.accounts.tests.doors import enter
from priyom.files.models import Blob, Link
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db

MY, DESK = "/my/ticket", "/desk/ticket"


def is_in(client: Client, address: str = MY) -> bool:
    """Tell whether the client has a living session: only then there is a ticket."""
    return client.post(address, headers={"accept": "application/json"}).status_code == 200


@pytest.fixture
def client() -> Client:
    """A browser that skips the CSRF check; test_csrf.py does not."""
    return Client()


def test_two_people_share_one_browser(client: Client, cast: Cast) -> None:
    my = enter(client, cast.anna.account, "/my")
    desk = enter(client, cast.vera.account, "/desk")
    assert is_in(client, MY)
    assert is_in(client, DESK)
    client.post("/my/sign-out/")
    assert not is_in(client, MY)
    assert is_in(client, DESK)
    assert my.handle != desk.handle


def test_key_of_one_portal_opens_nothing_on_the_other(client: Client, cast: Cast) -> None:
    session = enter(client, cast.vera.account, "/desk")
    client.cookies[cookie_of("/my/")] = session.session_key or ""
    assert not is_in(client, MY)


@pytest.mark.parametrize("key", ["", "x", '"a\\000bcdefghij"', "'; DROP", "a" * 5000])
def test_nonsense_in_the_cookie_is_nobody(client: Client, key: str) -> None:
    """As the header brings it: newer Pythons make no such cookie themselves, others may."""
    said = f"{cookie_of('/my/')}={key}"
    assert client.get("/my/", HTTP_COOKIE=said).status_code == 302


def test_idle_patient_is_signed_out_after_half_an_hour(
    client: Client, cast: Cast, clock: Clock
) -> None:
    enter(client, cast.anna.account, "/my")
    clock.forward(minutes=29)
    assert is_in(client)
    clock.forward(minutes=29)
    assert is_in(client)
    clock.forward(minutes=31)
    assert not is_in(client)


def test_staff_may_rest_for_an_hour(client: Client, cast: Cast, clock: Clock) -> None:
    enter(client, cast.vera.account, "/desk")
    clock.forward(minutes=59)
    assert is_in(client, DESK)
    clock.forward(minutes=61)
    assert not is_in(client, DESK)


def test_no_session_outlives_twelve_hours(client: Client, cast: Cast, clock: Clock) -> None:
    enter(client, cast.anna.account, "/my")
    for _ in range(28):
        clock.forward(minutes=25)
        assert is_in(client)
    clock.forward(minutes=25)
    assert not is_in(client)


def test_quick_pages_do_not_write_the_session(client: Client, cast: Cast, clock: Clock) -> None:
    enter(client, cast.anna.account, "/my")
    before = Session.objects.get(account=cast.anna.account.pk).expire_date
    clock.forward(minutes=0.5)
    assert is_in(client)
    assert Session.objects.get(account=cast.anna.account.pk).expire_date == before


def test_sign_out_ends_session_tickets_and_links(client: Client, cast: Cast) -> None:
    session = enter(client, cast.anna.account, "/my")
    assert is_in(client)
    later = timezone.now() + timedelta(minutes=1)
    blob = Blob.objects.create(
        sha256="0" * 64, size=1, media_type="x", kind="image", stored_at=later
    )
    Link.objects.create(
        hash="1" * 64, blob=blob, name="x", session=session.handle, expires_at=later
    )
    answer = client.post("/my/sign-out/")
    assert answer.headers["Location"] == "/my/sign-in/?left=1"
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert not Link.objects.exists()
    assert not Ticket.objects.exists()
    assert not Session.objects.filter(handle=session.handle).exists()


def test_sign_out_twice_is_quiet(client: Client, cast: Cast) -> None:
    enter(client, cast.anna.account, "/my")
    assert client.post("/my/sign-out/").status_code == 302
    assert client.post("/my/sign-out/").status_code == 302


def test_stolen_key_is_dead_after_sign_out(client: Client, cast: Cast) -> None:
    session = enter(client, cast.anna.account, "/my")
    client.post("/my/sign-out/")
    client.cookies[cookie_of("/my/")] = session.session_key or ""
    assert not is_in(client)


def test_closed_account_loses_its_sessions(client: Client, cast: Cast) -> None:
    enter(client, cast.anna.account, "/my")
    account = Account.objects.get(pk=cast.anna.account.pk)
    account.is_active = False
    actions.amend(cast.inna.actor, account, ["is_active"])
    assert not is_in(client)
    assert not Session.objects.filter(account=account.pk).exists()


def test_new_password_ends_the_old_sessions(client: Client, cast: Cast) -> None:
    enter(client, cast.vera.account, "/desk")
    actions.amend(cast.inna.actor, cast.vera.account, [], password="совсем новый пароль")
    assert not is_in(client, DESK)


def test_session_ended_elsewhere_is_not_written_again(cast: Cast, client: Client) -> None:
    session = enter(client, cast.anna.account, "/my")
    stale = SessionStore(session.session_key, "/my")
    stale["x"] = 1
    actions.end_sessions_of(cast.anna.account.pk)
    assert not actions.keep_session(
        Session(session_key=session.session_key or "", session_data="", handle=session.handle),
        is_new=False,
    )
    assert not Session.objects.filter(account=cast.anna.account.pk).exists()


def test_pages_outside_the_portals_set_no_cookie(client: Client) -> None:
    assert not client.get("/healthz").cookies


def test_portal_pages_stay_out_of_caches(client: Client) -> None:
    for path in ("/my/sign-in/", "/desk/sign-in/", "/my/nothing/", "/desk/nothing/"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "camera=(self)" in answer.headers["Permissions-Policy"]


def test_cookie_is_for_this_host_only(client: Client, cast: Cast) -> None:
    answer = client.get("/desk/sign-in/")
    cookie = answer.cookies[cookie_of("/desk/")]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/", True, "Lax")
    assert cookie["domain"] == ""


def test_sweep_keeps_living_sessions(client: Client, cast: Cast, clock: Clock) -> None:
    enter(client, cast.anna.account, "/my")
    actions.sweep()
    assert is_in(client)
    clock.forward(minutes=31)
    actions.sweep()
    assert not Session.objects.exists()
