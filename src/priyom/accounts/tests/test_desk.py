"""Staff come in by login and password; guessing is slow and learns nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django.fixtures import Settings

from priyom.accounts.models import Account
from priyom.accounts.tests.doors import enter
from priyom.testing.cast import Cast

pytestmark = pytest.mark.django_db

PASSWORD = "синий троллейбус 7"


@pytest.fixture
def vera(cast: Cast) -> Account:
    """Вера with a login and a password."""
    account = cast.vera.account
    account.login = "vera"
    account.set_password(PASSWORD)
    account.save()
    return account


def knock(
    client: Client, login: str = "vera", password: str = PASSWORD, next_path: str = ""
) -> Any:
    """Post the form."""
    return client.post(
        "/desk/sign-in/", {"username": login, "password": password, "next": next_path}
    )


def is_in(client: Client) -> bool:
    """Tell whether the client works on the desk."""
    return client.post("/desk/ticket", headers={"accept": "application/json"}).status_code == 200


def test_staff_come_in(client: Client, vera: Account) -> None:
    answer = knock(client, next_path="/desk/journal/?state=new")
    assert answer.headers["Location"] == "/desk/journal/?state=new"
    assert is_in(client)


def test_wrong_password_keeps_the_login_and_tells_nothing(client: Client, vera: Account) -> None:
    wrong = knock(client, password="x")
    unknown = knock(client, login="nobody", password="x")
    assert wrong.status_code == unknown.status_code == 403
    pages = [one.content.decode() for one in (wrong, unknown)]
    assert 'value="vera"' in pages[0]
    assert "x" not in re.findall('type="password"[^>]*value="([^"]*)"', pages[0])
    same = [re.sub('nobody|vera|csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages]
    assert same[0] == same[1]
    assert not is_in(client)


def test_closed_account_looks_like_a_wrong_password(client: Client, vera: Account) -> None:
    Account.objects.filter(pk=vera.pk).update(is_active=False)
    assert knock(client).status_code == 403


def test_patient_has_no_way_in_here(client: Client, cast: Cast) -> None:
    assert knock(client, login=str(cast.anna.account.esia_oid)).status_code == 403
    assert knock(client, login="").status_code == 400


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/my/", "/desk/../x"])
def test_next_stays_on_the_desk(client: Client, vera: Account, target: str) -> None:
    answer = knock(client, next_path=target)
    location = answer.headers["Location"]
    assert location == "/desk/" or location.startswith("/desk/")


def test_guessing_is_stopped_and_said(client: Client, vera: Account) -> None:
    for _ in range(9):
        assert knock(client, password="x").status_code == 403
    answer = knock(client, password="x")
    assert answer.status_code == 429
    assert "закрыт на 15 минут" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert knock(client).status_code == 429
    assert not is_in(client)


def test_guessing_does_not_lock_others_out(client: Client, vera: Account, cast: Cast) -> None:
    for _ in range(10):
        knock(client, login="zoya", password="x")
    assert knock(client).status_code == 302


def test_forwarded_header_is_not_believed(vera: Account) -> None:
    for number in range(10):
        knock(Client(headers={"x-forwarded-for": f"10.0.0.{number}"}), password="x")
    assert knock(Client()).status_code == 429


def test_form_of_another_site_is_refused(vera: Account) -> None:
    """Login CSRF: the attacker's own login posted from elsewhere."""
    browser = Client(enforce_csrf_checks=True)
    answer = knock(browser)
    assert answer.headers["Location"] == "/desk/sign-in/?stale=1"
    assert not browser.get("/desk/").wsgi_request.user.is_authenticated
    page = browser.get("/desk/sign-in/").content.decode()
    token = re.search('csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"username": "vera", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    assert browser.post("/desk/sign-in/", form).headers["Location"] == "/desk/"


def test_second_person_on_the_same_browser_gets_a_new_session(
    client: Client, vera: Account, cast: Cast
) -> None:
    before = enter(client, cast.zoya.account, "/desk")
    knock(client)
    assert is_in(client)
    assert not type(before)(before.session_key, "/desk").load()


def test_demo_accounts_are_shown_in_the_demo_only(
    client: Client, vera: Account, settings: Settings
) -> None:
    path = django_settings.VAR / "demo-accounts.json"
    one = {"login": "vera", "password": PASSWORD, "name": "Смирнова Вера", "role": "регистратор"}
    path.write_text(json.dumps([one]), encoding="utf-8")
    try:
        settings.DEMO = False
        assert "Смирнова" not in client.get("/desk/sign-in/").content.decode()
        settings.DEMO = True
        assert "Смирнова Вера · регистратор" in client.get("/desk/sign-in/").content.decode()
    finally:
        path.unlink()
