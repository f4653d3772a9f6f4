"""A refusal becomes a page, a part or a problem, with its status and its sentence."""

import json

import pytest
from django.db import DataError
from django.http import HttpResponse
from django.test import RequestFactory

from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.ui.middleware import RefusalMiddleware

pytestmark = pytest.mark.urls("priyom.ui.tests.addresses")
TAKEN = Refusal("slot_taken", RefusalKind.CONFLICT, "Это время только что заняли.")


def answer(error: Exception = TAKEN, headers: dict[str, str] | None = None) -> HttpResponse | None:
    middleware = RefusalMiddleware(lambda _: HttpResponse())
    request = RequestFactory().get("/desk/", headers=headers)
    return middleware.process_exception(request, error)


def test_person_reads_a_page() -> None:
    got = answer()
    assert got is not None
    assert got.status_code == 409
    assert "Это время только что заняли." in got.content.decode()
    assert "<html" in got.content.decode()


def test_htmx_gets_a_part() -> None:
    got = answer(headers={"HX-Request": "true"})
    assert got is not None
    assert "<html" not in got.content.decode()
    assert 'role="alert"' in got.content.decode()


def test_machine_gets_a_problem() -> None:
    got = answer(headers={"Accept": "application/json"})
    assert got is not None
    assert got["Content-Type"] == "application/problem+json"
    assert json.loads(got.content)["code"] == "slot_taken"


def test_bug_stays_a_bug() -> None:
    assert answer(ValueError("x")) is None


@pytest.mark.parametrize(
    ("referer", "back"),
    [("http://testserver/my/", "http://testserver/my/"), ("https://evil.example/", "/"), ("", "/")],
)
def test_way_back_stays_in_the_house(referer: str, back: str) -> None:
    got = answer(headers={"Referer": referer})
    assert got is not None
    assert f'class="button main" href="{back}"' in got.content.decode()


def test_sign_that_cannot_be_kept_is_no_fault_of_the_house() -> None:
    got = answer(DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))
    assert got is not None
    assert got.status_code == 400
