"""Writing by the form, without script or socket: the same rules, nothing lost, nothing doubled."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from priyom.chat import actions
from priyom.consultations.actions import cancel, join
from priyom.consultations.models import Attachment, Consultation, Entry
from priyom.testing.cast import Cast, gather
from priyom.testing.doors import visit

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()


@pytest.fixture
def talk(cast: Cast) -> Consultation:
    made = cast.consultation()
    join(cast.anna.actor, made.pk)
    return made


def post(
    browser: Client, talk: Consultation, portal: str = "my", *, script: bool = False, **fields: Any
) -> HttpResponse:
    headers = {"accept": "application/json" if script else "text/html"}
    address = f"/{portal}/consultations/{talk.pk}/say/"
    return browser.post(address, fields, headers=headers)  # type: ignore[return-value]


def sent(talk: Consultation) -> list[str]:
    return list(
        Entry.objects.filter(consultation=talk, kind__in=["message", "file"])
        .order_by("seq")
        .values_list("body", flat=True)
    )


def test_both_sides_write_by_the_form(cast: Cast, talk: Consultation) -> None:
    answer = post(visit(cast.anna), talk, text="Кашель\r\nтретий день ", key="k1")
    assert answer.status_code == 302
    assert answer["Location"] == f"/my/consultations/{talk.pk}/#m2"
    answer = post(visit(cast.boris), talk, "desk", text="Температура есть?", script=True)
    assert answer.status_code == 201
    assert sent(talk) == ["Кашель\nтретий день", "Температура есть?"]


def test_sending_twice_makes_one_message(cast: Cast, talk: Consultation) -> None:
    browser = visit(cast.anna)
    places = {post(browser, talk, text="Кашель", key="k1")["Location"] for _ in range(2)}
    assert len(places) == 1
    assert sent(talk) == ["Кашель"]


def test_stranger_cannot_write(cast: Cast, talk: Consultation) -> None:
    assert post(visit(cast.gleb), talk, text="Здравствуйте").status_code == 404
    assert post(visit(cast.darya), talk, "desk", text="Здравствуйте").status_code == 404
    assert post(visit(cast.vera), talk, "desk", text="Здравствуйте").status_code == 404
    file = SimpleUploadedFile("a.pdf", PDF)
    assert post(visit(cast.gleb), talk, text="", file=file).status_code == 404
    assert not sent(talk)
    assert not Attachment.objects.exists()
    assert post(Client(), talk, text="Здравствуйте").status_code == 302


def test_a_closed_chat_gives_the_words_back_with_the_reason(cast: Cast, talk: Consultation) -> None:
    cancel(cast.anna.actor, talk.pk, "Выздоровела")
    browser = visit(cast.anna)
    answer = post(browser, talk, text="Спасибо <b>", key="k1")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Чат закрыт" in page
    assert "Спасибо &lt;b&gt;</textarea>" in page
    assert "Отправить ещё раз" not in page
    answer = post(browser, talk, text="Спасибо", script=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "chat.closed")  # type: ignore[attr-defined]
    assert not sent(talk)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "Напишите сообщение"), (" \r\n", "Напишите сообщение"), ("я" * 4001, "Слишком длинное"),
     ("x\0", "не отправлено")],
)  # fmt: skip
def test_what_cannot_be_taken_says_why(
    cast: Cast, talk: Consultation, text: str, reason: str
) -> None:
    answer = post(visit(cast.anna), talk, text=text)
    assert answer.status_code == 400
    assert reason in answer.content.decode()
    assert not sent(talk)


def test_the_longest_message_fits(cast: Cast, talk: Consultation) -> None:
    assert post(visit(cast.anna), talk, text="я" * 4000).status_code == 302


def test_files_go_by_the_form_too(cast: Cast, talk: Consultation) -> None:
    uploads = [SimpleUploadedFile("анализ.pdf", PDF), SimpleUploadedFile("ещё.pdf", PDF + b"\n")]
    answer = post(visit(cast.anna), talk, text="Анализы", file=uploads, key="k1")
    assert answer.status_code == 302
    entry = Entry.objects.get(consultation=talk, kind="file")
    names = Attachment.objects.filter(consultation=talk, seq=entry.seq).values_list(
        "name", flat=True
    )
    assert sorted(names) == ["анализ.pdf", "ещё.pdf"]


def test_an_attachment_of_another_is_refused(cast: Cast, talk: Consultation) -> None:
    answer = post(visit(cast.anna), talk, kind="file", files=str(uuid4()), script=True)
    assert (answer.status_code, answer.json()["code"]) == (400, "chat.bad")  # type: ignore[attr-defined]


def test_seen_is_kept(cast: Cast, talk: Consultation) -> None:
    actions.seen(cast.boris.actor, talk.pk, 1)
    actions.seen(cast.gleb.actor, talk.pk, 1)
    assert talk.members.get(side="doctor").read_seq == 1
    assert talk.members.get(side="patient").read_seq == 0
