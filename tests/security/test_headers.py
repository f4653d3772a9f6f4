"""What every answer carries: policies, no copies, careful cookies; and nothing inline in pages
(reliability 3: abuses 5, 32, 33)."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as house
from django.test import Client

from priyom.testing import builders
from priyom.testing.doors import enter
from tests.security.scene import Scene
from tests.security.table import PUBLIC, TABLE, address

PAGES = sorted(route for route, rule in TABLE.items() if rule.get)
OUTER = {"img-src", "media-src", "connect-src", "form-action"}
"""Directives that may name another origin: the files', the gateway's, ЕСИА's."""


def _open(scene: Scene, route: str) -> Any:
    rule = TABLE[route]
    name = (rule.get or ("nobody",))[-1 if route.startswith("my/") else 0]
    return scene.browser(name).get(address(route, scene))


def _policy(answer: Any) -> dict[str, list[str]]:
    text = answer.headers["Content-Security-Policy"]
    parts = [part.split() for part in text.split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


class Page(HTMLParser):
    """Collects what a strict policy would refuse, and every outer address."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        self.tags += 1
        told = dict(attrs)
        if tag == "script" and not told.get("src") and told.get("type") != "application/json":
            self.wrong.append("inline script")
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.wrong.append(f"<{tag}>")
        if tag == "form" and (told.get("method") or "get").lower() == "get" and "csrf" in told:
            self.wrong.append("token in an address")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "ping"):
                self.wrong.append(f"{tag} {name}={value}")
            if name in ("src", "href", "action", "formaction", "poster", "data-src"):
                self._address(tag, name, value or "")

    def _address(self, tag: str, name: str, value: str) -> None:
        parts = urlsplit(value)
        if parts.scheme not in ("", "http", "https", "tel", "mailto"):
            self.wrong.append(f"{tag} {name}={value}")
        if tag in ("script", "link", "img", "form", "video", "audio") and parts.netloc:
            self.wrong.append(f"foreign {tag} {name}={value}")


@pytest.mark.parametrize("route", PAGES)
def test_every_answer_has_its_headers(db: None, scene: Scene, route: str) -> None:
    answer = _open(scene, route)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    if route.startswith(("my/", "desk/")):
        assert "no-store" in answer.headers["Cache-Control"]
        assert "geolocation=()" in answer.headers["Permissions-Policy"]
    policy = _policy(answer)
    assert policy["default-src"] == ["'none'"]
    is_page = "text/html" in answer.headers.get("Content-Type", "")
    if is_page or answer.status_code == 302:
        assert policy["script-src"] == ["'self'"]
        assert policy["style-src"] == ["'self'"]
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]


def test_the_policy_names_no_foreign_host(db: None, scene: Scene) -> None:
    ours = {house.FILES_URL, house.ESIA_URL, "ws://localhost:8000"}
    for name, sources in _policy(_open(scene, "my/")).items():
        hosts = {one for one in sources if not one.startswith("'")} - {"blob:", "data:"}
        assert hosts <= (ours if name in OUTER else set()), name
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:"} & set(sources), name


@pytest.mark.parametrize("route", PAGES)
def test_nothing_in_a_page_is_inline_or_foreign(db: None, scene: Scene, route: str) -> None:
    answer = _open(scene, route)
    if "text/html" not in answer.headers.get("Content-Type", "") or answer.status_code == 302:
        return
    page = Page()
    page.feed(answer.content.decode())
    assert page.wrong == []


@pytest.mark.parametrize("part", ["", "accounts/account/", "clinics/doctor/", "clinics/post/add/"])
def test_the_administrators_pages_obey_the_same_policy(db: None, part: str) -> None:
    person = builders.account(("Крылов", "Егор", ""), is_staff=True)
    answer = enter(person, "/desk").get(f"/admin/{part}")
    page = Page()
    page.feed(answer.content.decode())
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.wrong == []


def _cookies(answer: Any) -> list[Any]:
    return list(answer.cookies.values())


@pytest.mark.parametrize("route", PAGES)
def test_cookies_are_out_of_reach_of_scripts(db: None, scene: Scene, route: str) -> None:
    for cookie in _cookies(_open(scene, route)):
        if cookie["max-age"] == 0:
            continue
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key
        assert not cookie["domain"], cookie.key


@pytest.mark.parametrize("route", sorted({*PUBLIC, "my/sign-in/"} - {"ui/vision", "ui/theme"}))
def test_public_pages_set_no_cookie(db: None, scene: Scene, route: str) -> None:
    if TABLE[route].get:
        assert _cookies(Client().get(address(route, scene))) == []


def test_signing_in_and_out_leaves_careful_cookies(db: None, scene: Scene) -> None:
    browser = scene.browser("boris")
    answer = browser.post("/desk/sign-out/")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert browser.get("/desk/day/").status_code == 302


def test_refused_pages_have_the_same_headers(db: None, scene: Scene) -> None:
    answer = scene.browser("gleb").get(address("my/consultations/<uuid:consultation_id>/", scene))
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert _policy(answer)["script-src"] == ["'self'"]
    page = Page()
    page.feed(answer.content.decode())
    assert page.tags > 10
    assert page.wrong == []


def test_a_page_that_never_was_has_them_too(db: None, scene: Scene) -> None:
    for path in ("/nowhere/", "/my/nowhere/", "/desk/nowhere/", "/check/nothing/"):
        answer = Client().get(path)
        assert answer.status_code == 404, path
        assert _policy(answer)["default-src"] == ["'none'"], path
        assert "text/html" in answer.headers["Content-Type"]
