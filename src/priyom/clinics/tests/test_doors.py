"""Who gets through which door, and where everybody else is led."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from priyom.accounts.models import Account
from priyom.accounts.tests.doors import enter
from priyom.clinics import doors
from priyom.clinics.models import Post, Role
from priyom.testing.cast import Cast
from priyom.urls import urlpatterns as house

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

JSON = {"accept": "application/json"}


def who(request: doors.Visit) -> HttpResponse:
    """Say who the door thinks this is."""
    actor = request.actor
    said = {
        "kind": actor.kind, "account": str(actor.account), "name": actor.name,
        "organisation": str(actor.organisation), "doctor": str(actor.doctor),
        "session": str(actor.session), "request_id": actor.request_id, "address": actor.address,
    }  # fmt: skip
    return HttpResponse(json.dumps(said))


urlpatterns = [
    path("who/", who),
    path("my/who/", doors.patient_only(who)),
    path("desk/who/", doors.staff_only()(who)),
    path("desk/journal/", doors.staff_only(Role.REGISTRAR, Role.HEAD)(who)),
    *house,
]


def said(client: Client, address: str) -> Any:
    """Return what `who` said."""
    return json.loads(client.get(address).content)


def test_patient_is_a_patient(client: Client, cast: Cast) -> None:
    session = enter(client, cast.anna.account, "/my")
    found = said(client, "/my/who/")
    assert found["kind"] == "patient"
    assert found["account"] == str(cast.anna.account.pk)
    assert found["name"] == "Иванова Анна Сергеевна"
    assert found["session"] == str(session.handle)
    assert found["organisation"] == "None"
    assert found["address"] == "127.0.0.1"


def test_doctor_is_the_doctor_of_the_post(client: Client, cast: Cast) -> None:
    enter(client, cast.boris.account, "/desk")
    found = said(client, "/desk/who/")
    assert (found["kind"], found["doctor"]) == ("doctor", str(cast.boris.doctor.pk))
    assert found["organisation"] == str(cast.clinic.pk)
    assert found["name"] == "Климов\N{NO-BREAK SPACE}Б.\N{NO-BREAK SPACE}А."


def test_roles_open_their_doors(client: Client, cast: Cast) -> None:
    enter(client, cast.vera.account, "/desk")
    assert said(client, "/desk/journal/")["kind"] == "registrar"
    enter(client, cast.inna.account, "/desk")
    assert said(client, "/desk/journal/")["kind"] == "head"


def test_wrong_role_finds_nothing(client: Client, cast: Cast) -> None:
    enter(client, cast.boris.account, "/desk")
    assert client.get("/desk/journal/").status_code == 404
    answer = client.get("/desk/journal/", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (404, "missing")


def test_nobody_is_led_to_the_sign_in_and_back(client: Client) -> None:
    answer = client.get("/my/who/?a=1&b=2")
    assert answer.headers["Location"] == "/my/sign-in/?next=%2Fmy%2Fwho%2F%3Fa%3D1%26b%3D2"
    assert client.get("/desk/who/").headers["Location"] == "/desk/sign-in/?next=%2Fdesk%2Fwho%2F"


def test_script_of_nobody_gets_401(client: Client) -> None:
    answer = client.get("/my/who/", headers=JSON)
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"
    assert answer.json()["sign_in"].startswith("/my/sign-in/")


def test_htmx_of_nobody_follows_to_the_page_it_came_from(client: Client) -> None:
    headers = {"hx-request": "true", "referer": "http://testserver/my/home/?x=1"}
    answer = client.get("/my/who/", headers=headers)
    assert answer.headers["HX-Redirect"] == "/my/sign-in/?next=%2Fmy%2Fhome%2F%3Fx%3D1"
    headers["referer"] = "https://evil.example/my/"
    assert client.get("/my/who/", headers=headers).headers["HX-Redirect"].endswith("next=")


def test_patients_cookie_is_nothing_on_the_desk(client: Client, cast: Cast) -> None:
    enter(client, cast.anna.account, "/my")
    assert client.get("/desk/who/").status_code == 302


def test_outside_the_portals_nobody_acts(client: Client, cast: Cast) -> None:
    enter(client, cast.anna.account, "/my")
    assert said(client, "/who/")["kind"] == "anonymous"


def test_post_that_ended_opens_nothing(client: Client, cast: Cast) -> None:
    enter(client, cast.vera.account, "/desk")
    Post.objects.filter(account=cast.vera.account).update(is_active=False)
    assert client.get("/desk/who/").headers["Location"] == "/desk/post/"
    page = client.get("/desk/post/")
    assert "Должности пока нет" in page.content.decode()


def test_answer_names_the_request(client: Client) -> None:
    answer = client.get("/who/")
    assert answer.headers["X-Request-ID"] == json.loads(answer.content)["request_id"]


def test_strange_address_is_left_out(client: Client) -> None:
    assert json.loads(client.get("/who/", REMOTE_ADDR="unix:").content)["address"] == ""


def test_form_after_the_end_leads_to_the_sign_in(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/my/ticket", headers={"referer": "http://testserver/my/x/"})
    assert answer.headers["Location"] == "/my/sign-in/?next=%2Fmy%2Fx%2F"
    assert browser.post("/my/ticket", headers=JSON).status_code == 401


def test_form_without_its_secret_is_refused(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    enter(browser, cast.anna.account, "/my")
    answer = browser.post("/my/ticket", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert browser.post("/my/sign-out/").status_code == 403


@pytest.fixture
def two_posts(cast: Cast) -> Account:
    """Борис, who is also the head of the other clinic."""
    Post.objects.create(account=cast.boris.account, organisation=cast.other_clinic, role=Role.HEAD)
    return cast.boris.account


def test_person_with_two_posts_switches(client: Client, cast: Cast, two_posts: Account) -> None:
    before = enter(client, two_posts, "/desk").handle
    assert said(client, "/desk/who/")["kind"] == "doctor"
    page = client.get("/desk/post/").content.decode()
    assert "Заведующий, Поликлиника № 38" in page
    other = Post.objects.get(account=two_posts, role=Role.HEAD)
    assert client.post("/desk/post/", {"post": other.pk}).headers["Location"] == "/desk/"
    found = said(client, "/desk/who/")
    assert (found["kind"], found["organisation"]) == ("head", str(cast.other_clinic.pk))
    assert found["session"] != str(before)


def test_foreign_post_cannot_be_taken(client: Client, cast: Cast, two_posts: Account) -> None:
    enter(client, two_posts, "/desk")
    foreign = Post.objects.get(account=cast.vera.account)
    for chosen in (foreign.pk, "x", ""):
        assert client.post("/desk/post/", {"post": chosen}).status_code == 404
    assert said(client, "/desk/who/")["kind"] == "doctor"


def test_nobody_has_no_posts(client: Client) -> None:
    assert client.get("/desk/post/").headers["Location"].startswith("/desk/sign-in/")


def test_door_costs_three_queries(
    client: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    enter(client, cast.vera.account, "/desk")
    with django_assert_num_queries(3):
        client.get("/desk/who/")
