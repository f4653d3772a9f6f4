"""A patient comes in through ЕСИА: the whole way over real HTTP, and everybody who must not."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from priyom.accounts import actions, provider
from priyom.accounts.middleware import cookie_of
from priyom.accounts.models import Account, Session, SignIn
from priyom.accounts.views import BROWSER
from priyom.testing.clock import Clock
from simulators.esia.application import Registered

pytestmark = pytest.mark.django_db

ANNA, MARIA, SIMPLE = "1000000001", "1000000002", "1000000005"
Answer = HttpResponse


def begin(client: Client, next_path: str = "") -> str:
    """Press the button; return ЕСИА's address that the browser is sent to."""
    answer = client.post("/my/sign-in/", {"next": next_path})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def agree(address: str, oid: str = ANNA, said: str = "yes") -> str:
    """Be the person at ЕСИА: choose an account, answer; return the callback's path and query."""
    with requests.Session() as person:
        page = person.get(address, timeout=5)
        found = re.search('name="request" value="([^"]+)"', page.text)
        assert found, page.text
        form = {"request": found[1], "oid": oid, "answer": said}
        base = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        answer = person.post(f"{base}/answer", form, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    assert back.netloc == "testserver"
    return f"{back.path}?{back.query}"


def come_in(client: Client, oid: str = ANNA, next_path: str = "") -> Answer:
    """Walk the whole way."""
    return client.get(agree(begin(client, next_path), oid))  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    """Tell whether the client is signed in as a patient."""
    return client.post("/my/ticket", headers={"accept": "application/json"}).status_code == 200


def test_patient_comes_in(client: Client, esia: Registered) -> None:
    answer = come_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    account = Account.objects.get(esia_oid=ANNA)
    assert (account.family, account.snils, account.is_trusted) == ("Иванова", "11223344595", True)
    assert account.email == "anna@mail.example"
    assert str(account.birth_on) == "1986-04-12"
    assert not account.has_usable_password()
    assert is_in(client)


def test_page_has_one_button_and_no_cookie(client: Client) -> None:
    page = client.get("/my/sign-in/?next=/my/requests/")
    text = page.content.decode()
    assert "Войти через Госуслуги (ЕСИА)" in text
    assert 'value="/my/requests/"' in text
    assert "<script>" not in text
    assert not page.cookies


def test_second_sign_in_is_the_same_account(client: Client, esia: Registered) -> None:
    come_in(client)
    come_in(Client())
    assert Account.objects.filter(esia_oid=ANNA).count() == 1


def test_signed_in_patient_is_led_on(client: Client, esia: Registered) -> None:
    come_in(client)
    assert client.get("/my/sign-in/?next=/my/a/").headers["Location"] == "/my/a/"


def test_new_name_after_marriage_is_taken(client: Client, esia: Registered) -> None:
    Account.objects.create(esia_oid=ANNA, family="Петрова", given="Анна")
    come_in(client)
    assert Account.objects.get(esia_oid=ANNA).family == "Иванова"


def test_same_email_is_not_the_same_person(client: Client, esia: Registered) -> None:
    other = Account.objects.create(esia_oid="7", family="А", given="Б", email="anna@mail.example")
    come_in(client)
    assert Account.objects.get(esia_oid=ANNA).pk != other.pk


def test_unverified_email_is_not_kept() -> None:
    said = {"level": "standard", "email": "x@mail.example", "email_verified": False}
    assert provider._identity("1", said).email == ""


def test_unknown_level_counts_as_simple() -> None:
    assert provider._identity("1", {}).level == "simple"


def test_simple_account_is_told_what_to_do(client: Client, esia: Registered) -> None:
    answer = come_in(client, SIMPLE)
    assert answer.status_code == 403
    assert "паспорт и СНИЛС" in answer.content.decode()
    assert not Account.objects.exists()
    assert not is_in(client)


def test_closed_account_stays_outside(client: Client, esia: Registered) -> None:
    Account.objects.create(esia_oid=ANNA, family="А", given="Б", is_active=False)
    assert come_in(client).status_code == 403
    assert not is_in(client)


def test_saying_no_is_friendly(client: Client, esia: Registered) -> None:
    answer = client.get(agree(begin(client), said="no"))
    assert answer.status_code == 403
    assert "Вы отменили вход" in answer.content.decode()


def test_key_is_new_after_sign_in(client: Client, esia: Registered) -> None:
    planted = "a" * 32
    client.cookies[cookie_of("/my/")] = planted
    come_in(client)
    assert client.cookies[cookie_of("/my/")].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/my/",
     "/my/\r\nX: 1", "javascript:alert(1)", "/desk/", "/my/sign-in/", "///evil.example", "/myevil",
     "\thttps://evil.example", "/my/esia/callback/?code=1", "http://testserver.evil/my/"],
)  # fmt: skip
def test_next_leads_only_to_our_pages(client: Client, esia: Registered, target: str) -> None:
    assert come_in(client, next_path=target).headers["Location"] == "/my/"


def test_next_is_kept_over_the_way(client: Client, esia: Registered) -> None:
    page = "/my/consultations/1/?from=mail"
    assert come_in(client, next_path=page).headers["Location"] == page


def test_other_browsers_state_is_refused(client: Client, esia: Registered) -> None:
    """Login CSRF: an attacker's finished sign-in is opened in the victim's browser."""
    prepared = agree(begin(Client()))
    answer = client.get(prepared)
    assert answer.status_code == 409
    assert "другом браузере" in answer.content.decode()
    assert not is_in(client)
    begin(client)  # the victim has a sign-in of his own under way
    assert client.get(prepared).status_code == 409


def test_answer_works_once(client: Client, esia: Registered) -> None:
    back = agree(begin(client))
    kept = client.cookies[BROWSER].value
    client.get(back)
    client.post("/my/sign-out/")
    client.cookies[BROWSER] = kept
    assert client.get(back).status_code == 409
    assert not is_in(client)


def test_code_of_another_sign_in_is_refused(client: Client, esia: Registered) -> None:
    """Code injection: a stolen code under the victim's own state; PKCE does not fit."""
    stolen = parse_qs(urlsplit(agree(begin(Client()))).query)["code"][0]
    own = parse_qs(urlsplit(agree(begin(client))).query)["state"][0]
    answer = client.get("/my/esia/callback/", {"code": stolen, "state": own})
    assert answer.status_code == 409
    assert not is_in(client)


def test_answer_after_ten_minutes_is_refused(
    client: Client, esia: Registered, clock: Clock
) -> None:
    back = agree(begin(client))
    clock.forward(minutes=11)
    answer = client.get(back)
    assert answer.status_code == 409
    assert "больше 10 минут" in answer.content.decode()


@pytest.mark.parametrize(
    "fault", ["wrong_iss", "wrong_aud", "wrong_nonce", "expired", "foreign_key", "other_sub"]
)
def test_forged_token_is_refused(client: Client, esia: Registered, fault: str) -> None:
    back = agree(begin(client))
    esia.faults.add(fault)
    answer = client.get(back)
    assert answer.status_code == 403
    assert "не прошёл проверку" in answer.content.decode()
    assert not Account.objects.exists()


def test_answer_of_another_issuer_is_refused(client: Client, esia: Registered) -> None:
    back = re.sub("iss=[^&]+", "iss=https://evil.example", agree(begin(client)))
    assert client.get(back).status_code == 403


def test_answer_without_state_is_refused(client: Client) -> None:
    assert client.get("/my/esia/callback/?code=1").status_code == 409
    assert client.get("/my/esia/callback/?state=%00").status_code == 409


@pytest.mark.parametrize("fault", ["token_500", "userinfo_500", "token_slow"])
def test_trouble_of_esia_is_said(
    client: Client, esia: Registered, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "TIMEOUT", (1, 0.5))
    back = agree(begin(client))
    esia.faults.add(fault)
    answer = client.get(back)
    assert answer.status_code == 503
    assert "Госуслуги не отвечают" in answer.content.decode()


def test_silence_of_esia_is_said_before_leaving(
    client: Client, esia: Registered, settings: Settings
) -> None:
    settings.ESIA_INNER_URL = "http://127.0.0.1:9"
    answer = client.post("/my/sign-in/")
    assert answer.status_code == 503
    assert "Начать вход ещё раз" in answer.content.decode()


def test_old_sign_ins_are_swept(client: Client, esia: Registered) -> None:
    begin(client)
    SignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    begin(client)
    actions.sweep()
    assert SignIn.objects.count() == 1
