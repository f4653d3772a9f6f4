"""The administrator's site: for administrators only, everything in the audit, nothing deleted."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from priyom.accounts.models import Account, Session
from priyom.accounts.tests.doors import enter
from priyom.clinics.models import Organisation, Post
from priyom.testing.cast import Cast

pytestmark = pytest.mark.django_db

PAGES = (
    "/admin/", "/admin/clinics/organisation/", "/admin/clinics/organisation/add/",
    "/admin/clinics/speciality/", "/admin/clinics/doctor/", "/admin/clinics/doctor/add/",
    "/admin/clinics/post/", "/admin/clinics/post/add/", "/admin/accounts/account/",
    "/admin/accounts/account/add/",
)  # fmt: skip


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    """The browser of an administrator of the system, who has no post."""
    account = Account.objects.create(login="admin", family="А", given="Б", is_staff=True)
    enter(client, account, "/desk")
    return client


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_without_inline_script_or_style(admin: Client, page: str) -> None:
    answer = admin.get(page)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", PAGES)
def test_staff_who_are_no_administrators_find_nothing(
    client: Client, cast: Cast, page: str
) -> None:
    enter(client, cast.inna.account, "/desk")
    answer = client.get(page, follow=True)
    assert answer.status_code == 404


def test_nobody_is_led_to_the_desks_door(client: Client) -> None:
    answer = client.get("/admin/")
    assert answer.headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/").headers["Location"] == "/desk/sign-in/?next=/admin/"


@pytest.mark.parametrize("model", ["auth/group", "axes/accessattempt", "patients/patient"])
def test_other_tables_are_not_there(admin: Client, model: str) -> None:
    assert admin.get(f"/admin/{model}/").status_code == 404


def test_organisation_is_changed(admin: Client, cast: Cast) -> None:
    place = cast.clinic
    form = {
        "name": place.name, "short_name": "Поликлиника № 1", "oid": place.oid, "phone": place.phone,
        "address": place.address, "licence": place.licence, "answer_hours": "12",
        "change_hours": "3",
        "reply_minutes": "10", "late_reply_minutes": "120", "work_days": "123456",
        "opens_at": "09:00", "closes_at": "18:00",
    }  # fmt: skip
    answer = admin.post(f"/admin/clinics/organisation/{place.pk}/change/", form)
    assert answer.status_code == 302
    kept = Organisation.objects.get(pk=place.pk)
    assert (kept.answer_hours, kept.reply_minutes, kept.work_days) == (12, 10, "123456")
    assert kept.change_hours == 3
    for wrong in ({"closes_at": "09:00"}, {"reply_minutes": "0"}, {"work_days": "0"}):
        again = admin.post(f"/admin/clinics/organisation/{place.pk}/change/", form | wrong)
        assert again.status_code == 200, wrong


def test_nothing_is_deleted(admin: Client, cast: Cast) -> None:
    page = f"/admin/clinics/organisation/{cast.other_clinic.pk}/delete/"
    assert admin.post(page, {"post": "yes"}).status_code == 403
    assert Organisation.objects.filter(pk=cast.other_clinic.pk).exists()


def test_member_of_staff_is_hired_and_comes_in(admin: Client, cast: Cast) -> None:
    form = {
        "login": "new", "family": "Новая", "given": "Ольга", "patronymic": "", "email": "",
        "is_active": "on", "new_password": "синий троллейбус 7",
    }  # fmt: skip
    assert admin.post("/admin/accounts/account/add/", form).status_code == 302
    account = Account.objects.get(login="new")
    assert account.check_password("синий троллейбус 7")
    post = {"account": account.pk, "organisation": cast.clinic.pk, "role": "registrar",
            "doctor": "", "is_active": "on"}  # fmt: skip
    assert admin.post("/admin/clinics/post/add/", post).status_code == 302
    browser = Client()
    browser.post("/desk/sign-in/", {"username": "new", "password": "синий троллейбус 7"})
    assert browser.post("/desk/ticket").status_code == 200


def test_weak_password_is_refused(admin: Client) -> None:
    form = {"login": "new", "family": "Н", "given": "О", "new_password": "12345"}
    assert admin.post("/admin/accounts/account/add/", form).status_code == 200
    assert not Account.objects.filter(login="new").exists()


def test_login_is_not_given_twice(admin: Client) -> None:
    form = {"login": "admin", "family": "Н", "given": "О", "new_password": "синий троллейбус 7"}
    assert admin.post("/admin/accounts/account/add/", form).status_code == 200
    assert Account.objects.filter(login="admin").count() == 1


def test_accounts_of_patients_are_not_shown(admin: Client, cast: Cast) -> None:
    page = f"/admin/accounts/account/{cast.anna.account.pk}/change/"
    assert admin.get(page).status_code == 302
    assert "Иванова" not in admin.get("/admin/accounts/account/").content.decode()


def test_leaving_ends_the_session(admin: Client) -> None:
    assert admin.post("/admin/logout/").headers["Location"] == "/desk/sign-in/?left=1"
    assert not Session.objects.exists()


def test_own_password_is_a_field_of_the_account(admin: Client) -> None:
    account = Account.objects.get(login="admin")
    page = f"/admin/accounts/account/{account.pk}/change/"
    assert admin.get("/admin/password_change/").headers["Location"] == page


def test_ended_post_ends_the_session(admin: Client, cast: Cast) -> None:
    enter(Client(), cast.vera.account, "/desk")
    post = Post.objects.get(account=cast.vera.account)
    form = {"account": post.account_id, "organisation": post.organisation_id, "role": post.role}
    assert admin.post(f"/admin/clinics/post/{post.pk}/change/", form).status_code == 302
    assert not Session.objects.filter(account=cast.vera.account.pk).exists()


def test_a_page_is_named_in_whole_russian_words(admin: Client) -> None:
    names = {
        "/admin/clinics/doctor/": "Врачи",
        "/admin/clinics/doctor/add/": "Врач: новая запись",
        "/admin/accounts/account/": "Учётные записи",
    }
    for page, name in names.items():
        assert f"<h1>{name}</h1>" in admin.get(page).content.decode(), page
