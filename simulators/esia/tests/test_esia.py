"""The simulator refuses what the real one refuses, and cannot be started by accident."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from simulators.esia.application import Registered
from simulators.esia.grants import Drawer
from simulators.esia.people import OWN, found, read
from simulators.esia.tests.running import running

VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
HOME = "http://portal.example"
ANNA, NO_MAIL = OWN[0].oid, OWN[3].oid


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registered]:
    with running(tmp_path_factory.mktemp("esia"), HOME, "secret") as registered:
        yield registered


def ask(client: Registered, **changed: str) -> requests.Response:
    """Come as a browser with a client's request."""
    query = {
        "client_id": "priyom", "redirect_uri": client.redirect_uri, "response_type": "code",
        "scope": "openid fullname email", "state": "s", "nonce": "n",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    } | changed  # fmt: skip
    return requests.get(f"{client.issuer}/authorize", query, allow_redirects=False, timeout=5)


def code(client: Registered, oid: str = ANNA, **changed: str) -> str:
    """Return a fresh code."""
    page = requests.get(client.issuer + ask(client, **changed).headers["Location"], timeout=5)
    hidden = re.search('name="request" value="([^"]+)"', page.text)
    assert hidden
    form = {"request": hidden[1], "oid": oid, "answer": "yes"}
    answer = requests.post(f"{client.issuer}/answer", form, allow_redirects=False, timeout=5)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchange(client: Registered, **changed: str) -> requests.Response:
    """Exchange a code as the portal does."""
    form = {
        "grant_type": "authorization_code", "redirect_uri": client.redirect_uri,
        "client_id": "priyom", "client_secret": "secret", "code_verifier": VERIFIER,
    } | changed  # fmt: skip
    return requests.post(f"{client.issuer}/token", form, timeout=5)


def told(client: Registered, **changed: str) -> Any:
    """Return what userinfo says."""
    token = exchange(client, code=code(client, **changed)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{client.issuer}/userinfo", headers=bearer, timeout=5).json()


def test_id_token_is_signed_by_the_published_key(client: Registered) -> None:
    answer = exchange(client, code=code(client)).json()
    keys = requests.get(f"{client.issuer}/jwks", timeout=5).json()
    assert "d" not in keys["keys"][0]
    token = jwt.decode(answer["id_token"], KeySet.import_key_set(keys), algorithms=["RS256"])
    assert (token.claims["sub"], token.claims["nonce"]) == (ANNA, "n")
    assert (token.claims["iss"], token.claims["aud"]) == (client.issuer, "priyom")


def test_scopes_restrict_what_is_told(client: Registered) -> None:
    assert set(told(client, scope="openid")) == {"sub"}
    assert "snils" not in told(client)
    assert told(client, scope="openid snils")["snils"] == OWN[0].snils
    assert "email" not in told(client, oid=NO_MAIL)


@pytest.mark.parametrize(
    "changed", [{"client_id": "x"}, {"redirect_uri": "http://evil.example/"},
                {"redirect_uri": f"{HOME}/my/esia/callback/x"}]
)  # fmt: skip
def test_unknown_client_is_not_redirected(client: Registered, changed: dict[str, str]) -> None:
    answer = ask(client, **changed)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "fullname"}, "invalid_scope"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"state": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_careless_request_is_sent_back(
    client: Registered, changed: dict[str, str], error: str
) -> None:
    back = urlsplit(ask(client, **changed).headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == HOME
    assert parse_qs(back.query)["error"] == [error]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "x"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"redirect_uri": "http://evil.example/"}, 400, "invalid_grant"),
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"code": "guess"}, 400, "invalid_grant"),
    ],
)
def test_wrong_exchange_is_refused(
    client: Registered, changed: dict[str, str], status: int, error: str
) -> None:
    answer = exchange(client, **({"code": code(client)} | changed))
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_code_works_once(client: Registered) -> None:
    fresh = code(client)
    assert exchange(client, code=fresh).status_code == 200
    assert exchange(client, code=fresh).json() == {"error": "invalid_grant"}


def test_code_ends() -> None:
    drawer: Drawer[str] = Drawer(lives=-1)
    assert drawer.take(drawer.put("x")) is None


def test_userinfo_wants_a_token(client: Registered) -> None:
    assert requests.get(f"{client.issuer}/userinfo", timeout=5).status_code == 401


def test_pages_say_what_they_are_and_run_nothing(client: Registered) -> None:
    page = requests.get(client.issuer + ask(client).headers["Location"], timeout=5)
    assert "Это учебный вход, не Госуслуги" in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert f"form-action 'self' {HOME};" in page.headers["Content-Security-Policy"]


def test_people_are_found_by_name() -> None:
    assert [one.oid for one in found(OWN, "ИВАНОВА анна")] == [ANNA]
    assert found(OWN, "никто") == []


def test_people_of_the_demo_are_read(tmp_path: Path) -> None:
    rows = [{
        "oid": "5", "family": "<b>Ё", "given": "Я", "patronymic": "", "birth_on": "2000-01-01",
        "snils": "", "gender": "F", "email": "", "email_verified": False, "level": "standard",
        "kids": [{"given": "П"}], "note": "мама", "unknown": 1,
    }]  # fmt: skip
    path = tmp_path / "esia-people.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    (one,) = read(path)
    assert one.heading == "Родитель или опекун"
    assert one.claims({"kids"})["kids"] == [{"given": "П"}]


@pytest.mark.parametrize("missing", ["PRIYOM_DEMO", "PRIYOM_ESIA_CLIENT_SECRET"])
def test_it_does_not_start_by_accident(missing: str, tmp_path: Path) -> None:
    env = os.environ | {
        "PRIYOM_DEMO": "1", "PRIYOM_ESIA_CLIENT_SECRET": "s", "PRIYOM_VAR": str(tmp_path)
    }  # fmt: skip
    del env[missing]
    done = subprocess.run(
        [sys.executable, "-m", "simulators.esia"], env=env, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert missing in done.stdout
