"""Every address × everybody × GET and POST: strangers get «не найдена», the same for what exists
and what does not (reliability 3: abuses 1, 3, 19, 35; promise P14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as house
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from priyom.testing.doors import visit
from tests.security.rule import EVERYBODY, Rule, form
from tests.security.scene import Scene
from tests.security.table import (
    PUBLIC,
    SIGN_IN,
    TABLE,
    address,
    admin_routes,
    has_keys,
    routes,
)

_CHANGING = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb"|name=\"csrfmiddlewaretoken\" value=\"\w+\""
)
DENIED = frozenset({401, 403, 404, 405})


def test_every_route_is_in_the_table() -> None:
    found = set(routes())
    assert found - set(TABLE) == set(), "new route: say in tests/security/table.py who may open it"
    assert set(TABLE) - found == set(), "these routes are gone: take them out of the table"


def _ask(
    browser: Client, method: str, path: str, sent: dict[str, str] | None = None
) -> HttpResponse:
    """Ask as a browser does; what the view writes is undone at once."""
    with transaction.atomic():
        answer: HttpResponse = getattr(browser, method)(path, sent if method == "post" else None)
        transaction.set_rollback(True)
    return answer


def _body(answer: HttpResponse) -> bytes:
    return _CHANGING.sub(b"*", answer.content)


def _to_sign_in(answer: HttpResponse) -> bool:
    where = answer.headers.get("Location", "")
    return answer.status_code == 302 and "/sign-in/" in where


def _leads_in(answer: HttpResponse) -> bool:
    where = answer.headers.get("Location", "")
    return _to_sign_in(answer) or (answer.status_code == 302 and where.startswith("/admin/"))


def _faults(
    scene: Scene, route: str, method: str, allowed: tuple[str, ...] | None
) -> Iterator[str]:
    path, foreign = address(route, scene), address(route, scene, foreign=True)
    portal = "/my" if route.startswith("my/") else "/desk"
    sent = form(route, scene)
    for name in EVERYBODY if allowed is not None else ("nobody", *(TABLE[route].get or ())[:1]):
        browser = scene.browser(name)
        answer = _ask(browser, method, path, sent)
        told = f"{method.upper()} {path} as {name}: {answer.status_code}"
        is_here = name != "nobody" and (name in ("anna", "gleb")) == (portal == "/my")
        if allowed is None:
            if answer.status_code not in (404, 405) and not _to_sign_in(answer):
                yield f"{told}, wanted 405"
        elif name in allowed:
            if answer.status_code in DENIED or answer.status_code >= 500:
                yield f"{told}, but may: {answer.content.decode(errors='replace')[-300:]}"
            elif _to_sign_in(answer):
                yield f"{told} → {answer.headers['Location']}, but may"
        elif not is_here:
            if not _to_sign_in(answer):
                yield f"{told}, wanted the sign-in"
        elif answer.status_code != 404:
            yield f"{told}, wanted 404"
        elif has_keys(route) and _body(answer) != _body(_ask(browser, method, foreign, sent)):
            yield f"{told}: differs from the answer for what does not exist"


@pytest.mark.parametrize("route", sorted(set(TABLE) - set(PUBLIC) - set(SIGN_IN)))
def test_only_who_may_gets_through(db: None, scene: Scene, route: str, settings: Any) -> None:
    settings.DEMO = True  # for the demo's certificates: «sign» goes its whole way
    rule = TABLE[route]
    wrong = [
        *_faults(scene, route, "get", rule.get),
        *_faults(scene, route, "post", rule.post),
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def _expected(rule: Rule, method: str, name: str) -> bool:
    allowed = rule.get if method == "get" else rule.post
    return allowed is not None and name in allowed


@pytest.mark.parametrize("route", sorted({**PUBLIC, **SIGN_IN}))
def test_open_doors_are_open(db: None, scene: Scene, route: str) -> None:
    for name in EVERYBODY:
        for method in ("get", "post"):
            answer = _ask(scene.browser(name), method, address(route, scene))
            if _expected(TABLE[route], method, name):
                # A sign-in without a form says 400, a callback without a sign-in 403.
                is_guess = route == "desk/post/" and method == "post"
                shut = (401, 405, 500) if is_guess else (401, 404, 405, 500)
                assert answer.status_code not in shut, (route, name, method)
            else:
                assert answer.status_code in (302, 401, 403, 404, 405), (route, name, method)


def test_every_page_of_the_administrator_is_shut(db: None, scene: Scene) -> None:
    seen = 0
    for route, _name in admin_routes():
        path = "/" + re.sub(r"<[^>]+>", "1", re.sub(r"\^\(.*", "x/", route))
        for name in EVERYBODY:
            answer = _ask(scene.browser(name), "get", path)
            is_in = name not in ("nobody", "anna", "gleb")
            told = (path, name, answer.status_code)
            assert _leads_in(answer) or (is_in and answer.status_code == 404), told
            seen += 1
    assert seen > 100


def test_a_session_of_one_portal_opens_nothing_on_the_other(db: None, scene: Scene) -> None:
    my, desk = house.PORTAL_COOKIES["/my"], house.PORTAL_COOKIES["/desk"]
    doctor, patient = visit(scene.cast.boris), visit(scene.cast.anna)
    doctor.cookies[my] = doctor.cookies[desk].value
    patient.cookies[desk] = patient.cookies[my].value
    live = scene.ids["live"]
    assert _to_sign_in(_ask(doctor, "get", f"/my/consultations/{live}/"))
    assert _to_sign_in(_ask(patient, "get", f"/desk/consultations/{live}/"))


FREE = frozenset({"my/sign-in/", "ui/vision", "ui/theme", "check/file/"})
"""Change nothing that is somebody's; each view says why."""


@pytest.mark.parametrize(
    "route", sorted(name for name, one in TABLE.items() if one.post and name not in FREE)
)
def test_a_form_of_another_site_does_nothing(db: None, scene: Scene, route: str) -> None:
    name = next(one for one in (TABLE[route].post or ()) if one != "nobody")
    browser = visit(getattr(scene.cast, name), csrf=True)
    answer = browser.post(address(route, scene), headers={"Origin": "https://evil.example"})
    to_door = answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]
    assert answer.status_code == 403 or to_door, (answer.status_code, route)
