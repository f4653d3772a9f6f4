"""A visitor's file is checked whole: each kind of file gets its own answer, and its bytes go."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from priyom.conclusions import actions, findings, queries, rules
from priyom.conclusions.findings import WORDS, Finding
from priyom.conclusions.models import Conclusion, Inspection, Signature
from priyom.conclusions.queries.inspecting import inspected
from priyom.conclusions.signing import container, unknown
from priyom.conclusions.tests.talks import Talk
from priyom.conclusions.tests.updates import updated
from priyom.files import actions as files
from priyom.testing.jobs import run_deferred

OTHER = "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ"


@dataclass(frozen=True)
class Paper:
    """A signed document and its bytes."""

    row: Conclusion
    body: bytes

    @property
    def code(self) -> str:
        return rules.shown_code(self.row.check_code)

    @property
    def hole(self) -> tuple[int, int]:
        """Return where the signature stands, brackets included."""
        hole = container.open_signed(self.body).hole
        return hole.start, hole.end

    def with_hole(self, held: bytes) -> bytes:
        start, end = self.hole
        room = end - start - 2
        return self.body[:start] + b"<" + held.ljust(room, b"0")[:room] + b">" + self.body[end:]


@pytest.fixture
def paper(talk: Talk) -> Paper:
    row = talk.signed()
    assert row.signed_pdf is not None
    return Paper(row, files.read(row.signed_pdf))


def sent(body: bytes, code: str = "", address: str = "192.0.2.1") -> Any:
    file = SimpleUploadedFile("заключение.pdf", body)
    return Client().post("/check/file/", {"file": file, "code": code}, REMOTE_ADDR=address)


def answered(body: bytes, code: str = "") -> str:
    """Send a file, let the job check it, return the page that answers."""
    answer = sent(body, code)
    assert answer.status_code == 302, answer.content.decode()
    run_deferred("conclusions.inspect")
    return Client().get(answer.headers["Location"]).content.decode()


def test_the_file_itself_is_genuine_and_says_who_and_when(paper: Paper, talk: Talk) -> None:
    page = answered(paper.body)
    assert "Документ подлинный" in page
    for part in (talk.row.number, paper.row.signer, paper.row.certificate_serial, paper.code):
        assert part in page
    assert "Учебный удостоверяющий центр" in page, "who issued the certificate"
    for word in ("Иванова", "Анна", "J06", "ОРВИ", "Кашель", "Питьё", "терапевт", "1986"):
        assert word not in page


def test_while_it_waits_the_page_asks_again(paper: Paper) -> None:
    where = sent(paper.body).headers["Location"]
    answer = Client().get(where)
    page = answer.content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    run_deferred("conclusions.inspect")
    assert "hx-trigger" not in Client().get(where).content.decode()


def test_what_became_of_the_document_is_said(paper: Paper, talk: Talk) -> None:
    actions.amend(talk.doctor, talk.id, "Опечатка")
    second = talk.signed(complaints="Иное")
    assert second.signed_pdf is not None
    assert "заменён новой версией" in answered(paper.body)
    actions.withdraw(talk.cast.inna.actor, talk.id, "Не тот пациент")
    page = answered(files.read(second.signed_pdf))
    assert "Документ отозван" in page
    assert "Не тот пациент" not in page


def test_another_documents_file_is_not_the_one_of_the_code(paper: Paper, talk: Talk) -> None:
    actions.amend(talk.doctor, talk.id, "Опечатка")
    second = talk.signed(complaints="Иное")
    assert second.signed_pdf is not None
    other = answered(files.read(second.signed_pdf), paper.code)
    assert "Это другой документ" in other
    assert "Документ подлинный" in other
    assert "Это другой документ" not in answered(paper.body, paper.code.lower())


def _spoilt(paper: Paper) -> Iterator[tuple[str, bytes, Finding]]:
    body, (start, end) = paper.body, paper.hole
    first = body.index(b"/Type")
    yield "a byte of the text", body[:first] + b"/Typo" + body[first + 5 :], Finding.ALTERED
    yield "padding", body[: end - 3] + b"01>" + body[end:], Finding.ALTERED
    yield "an update", updated(body), Finding.EXTENDED
    yield "a byte behind", body + b"\0", Finding.EXTENDED
    yield "signature stripped", paper.with_hole(b""), Finding.STRIPPED
    yield "nonsense in its place", paper.with_hole(b"ABCD"), Finding.STRIPPED
    broken = body[start + 1 : start + 41] + b"F" * 200
    yield "signature broken", paper.with_hole(broken), Finding.DAMAGED
    yield "half of it", body[: len(body) // 2], Finding.CUT
    assert paper.row.formed_pdf is not None
    yield "what was formed", files.read(paper.row.formed_pdf), Finding.STRIPPED
    assert paper.row.prepared_pdf is not None
    yield "what was prepared", files.read(paper.row.prepared_pdf), Finding.STRIPPED


def test_each_way_to_spoil_a_document_has_its_answer(paper: Paper) -> None:
    for what, body, finding in _spoilt(paper):
        for code in ("", paper.code, OTHER):
            assert inspected(body, code).finding == finding, (what, code)


def test_no_byte_of_a_document_can_be_changed(paper: Paper) -> None:
    """Some places of every part of the file and of the signature's place."""
    start, end = paper.hole
    places = {*range(0, len(paper.body), len(paper.body) // 40), *range(start, end, 1_300)}
    for place in places:
        other = bytearray(paper.body)
        other[place] ^= 1
        assert inspected(bytes(other), paper.code).finding is not Finding.SIGNED, place


BOMB = b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode/Length 9>>stream\n" + zlib.compress(
    bytes(20_000_000)
)
FOREIGN = [
    (b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF", Finding.UNSIGNED),
    (BOMB + b"\nendstream endobj\n%%EOF", Finding.UNSIGNED),
    (b"%PDF-1.4\n/ByteRange [0 9 10 99999999]\n%%EOF", Finding.STRIPPED),
    (b"%PDF-1.4\n/ByteRange [0 1 0 1]\n%%EOF", Finding.UNSIGNED),
    (b"%PDF-1.4\n" + b"/ByteRange [0 9 10 11] " * 50_000 + b"%%EOF", Finding.STRIPPED),
    (b"PK\x03\x04" + bytes(100), Finding.PACKED),
    (b"\x1f\x8b" + zlib.compress(bytes(1_000_000)), Finding.PACKED),
    ("просто текст".encode(), Finding.UNREADABLE),
    (b'{"entries": []}', Finding.UNREADABLE),
    (b"\x89PNG\r\n\x1a\n", Finding.UNREADABLE),
    (b"\x30\x82" + bytes(70_000), Finding.BULKY),
    (b"\x30\x80" * 2_000, Finding.DAMAGED),
    (b"\x30\x82\x00\x04\x02\x02\x01\x01", Finding.DAMAGED),
    (b"-----BEGIN CMS-----\nMA==\n-----END CMS-----\n", Finding.DAMAGED),
    (b"MI" + b"!" * 20, Finding.UNREADABLE),
]


@pytest.mark.parametrize("number", range(len(FOREIGN)))
def test_what_is_no_document_of_ours_has_its_answer(db: None, number: int) -> None:
    body, finding = FOREIGN[number]
    assert inspected(body, OTHER).finding == finding


def test_each_finding_has_its_words(paper: Paper) -> None:
    plain = {Finding.SIGNED, Finding.BROKEN, Finding.SEALED}
    assert set(WORDS) == set(Finding) - plain
    assert len({said.text for said in WORDS.values()}) == len(WORDS)
    for what, body, finding in _spoilt(paper):
        page = answered(body)
        assert WORDS[finding].title in page, what
        assert "Документ подлинный" not in page, what
        is_known = finding in (Finding.ALTERED, Finding.EXTENDED)
        assert ("Настоящий документ" in page) is is_known, what


def test_a_foreign_file_is_answered_alike_for_any_code(paper: Paper) -> None:
    strange = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF"
    assert inspected(strange, paper.code) == inspected(strange, OTHER)
    alien = Signature.objects.filter(form="cades").first()
    assert alien is not None
    flipped = bytearray(bytes(alien.cms))
    flipped[-1] ^= 1
    assert inspected(bytes(flipped), OTHER).finding is Finding.FOREIGN_SIGNATURE
    unsigned = actions_of_another(paper)
    assert inspected(unsigned, paper.code) == inspected(unsigned, OTHER)


def actions_of_another(paper: Paper) -> bytes:
    """Return the signature of a document that is not the paper's."""
    row = Signature.objects.get(conclusion=paper.row, form="pades")
    from_elsewhere = unknown.signature_in(bytes(row.cms))
    place = from_elsewhere.index(bytes.fromhex(paper.row.digest))
    other = hashlib.sha256(b"another").digest()
    return from_elsewhere[:place] + other + from_elsewhere[place + 32 :]


@pytest.mark.parametrize("written", ["der", "pem", "base64"])
def test_a_signature_file_is_checked_against_its_document(paper: Paper, written: str) -> None:
    row = Signature.objects.get(conclusion=paper.row, form="cades")
    der = bytes(row.cms)
    text = base64.encodebytes(der)
    body = {
        "der": der, "base64": text, "pem": b"-----BEGIN CMS-----\n" + text + b"-----END CMS-----\n",
    }[written]  # fmt: skip
    page = answered(body, paper.code)
    assert "Документ подлинный" in page
    assert "подпись врача под электронной формой" in page
    assert "Нужен код документа" in answered(body)


def test_the_organisations_signature_says_whose_it_is(paper: Paper, settings: Any) -> None:
    settings.SIGNING_ORGANISATION = "demo"
    actions.countersign()
    row = Signature.objects.get(role="organisation", document=paper.row.signed_pdf)
    page = answered(bytes(row.cms), paper.code)
    assert "подпись организации" in page
    assert row.serial in page


def test_a_changed_signature_file_is_not_genuine(paper: Paper) -> None:
    der = bytes(Signature.objects.get(conclusion=paper.row, form="cades").cms)
    for place in range(0, len(der), 67):
        other = bytearray(der)
        other[place] ^= 1
        assert inspected(bytes(other), paper.code).finding is not Finding.SIGNED, place


def test_an_unsigned_document_is_known_to_nobody(talk: Talk) -> None:
    row = talk.formed()
    assert row.formed_pdf is not None
    assert row.prepared_pdf is not None
    assert inspected(files.read(row.formed_pdf), row.check_code).finding is Finding.UNSIGNED


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Файл пустой"),
        (b"%PDF-1.4" + bytes(findings.LARGEST), "Файл больше 5 МБ"),
    ],
)
def test_what_cannot_be_a_document_is_refused_on_the_page(db: None, body: bytes, said: str) -> None:
    answer = sent(body, OTHER)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert OTHER in answer.content.decode(), "what was typed stays"
    assert not Inspection.objects.exists()


def test_a_form_without_a_file_says_so(db: None) -> None:
    answer = Client().post("/check/file/", {"code": OTHER})
    assert answer.status_code == 400
    assert "Выберите файл" in answer.content.decode()
    assert Client().get("/check/file/").headers["Location"] == "/check/"


def test_the_bytes_go_with_the_answer(paper: Paper) -> None:
    sent(paper.body, paper.code)
    assert bytes(Inspection.objects.get().body or b"") == paper.body
    run_deferred("conclusions.inspect")
    row = Inspection.objects.get()
    assert (row.body, row.code) == (None, "")


def test_a_check_that_breaks_keeps_no_bytes_either(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("priyom.conclusions.actions.inspecting.inspected", fail)
    assert "Проверить не получилось" in answered(paper.body)
    assert Inspection.objects.get().body is None


def test_a_check_whose_worker_fell_is_given_up(paper: Paper, talk: Talk) -> None:
    where = sent(paper.body).headers["Location"]
    talk.clock.forward(minutes=9)
    actions.forget_inspections()
    assert "Проверяем" in Client().get(where).content.decode()
    talk.clock.forward(minutes=2)
    actions.forget_inspections()
    assert "Проверить не получилось" in Client().get(where).content.decode()
    assert Inspection.objects.get().body is None
    run_deferred("conclusions.inspect")
    assert "Проверить не получилось" in Client().get(where).content.decode()


def test_after_an_hour_nothing_is_left(paper: Paper, talk: Talk) -> None:
    never = sent(b"%PDF-never").headers["Location"]
    assert actions.forget_inspections() == 0
    talk.clock.forward(minutes=61)
    assert actions.forget_inspections() == 1
    answer = Client().get(never)
    assert answer.status_code == 404
    assert "Ответ хранится час" in answer.content.decode()


def test_the_address_of_an_answer_is_nobodys_guess(paper: Paper) -> None:
    where = sent(paper.body).headers["Location"]
    token = where.rstrip("/").rsplit("/", 1)[-1]
    key = Inspection.objects.get().pk
    assert len(token) >= 32
    assert token not in key
    assert Client().get(f"/check/file/{key}/").status_code == 404


def test_who_sends_too_often_waits(paper: Paper, talk: Talk) -> None:
    for _ in range(findings.FILES):
        assert sent(b"%PDF-1.4").status_code == 302
    assert sent(b"%PDF-1.4").status_code == 429
    assert sent(b"%PDF-1.4", address="192.0.2.7").status_code == 302
    talk.clock.forward(minutes=1)
    assert sent(b"%PDF-1.4").status_code == 302


def test_a_crowd_of_files_fills_no_disk(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "WAITING", 1)
    assert sent(b"%PDF-1.4").status_code == 302
    answer = sent(b"%PDF-1.4")
    assert answer.status_code == 429
    assert "Подождите пару минут" in answer.content.decode()


def test_the_page_by_code_sends_its_code_along(paper: Paper) -> None:
    page = Client().get(f"/check/{paper.code}/").content.decode()
    assert f'type="hidden" name="code" value="{paper.code}"' in page
    assert queries.genuine(paper.code) is not None


def test_hour_is_long_enough_to_read() -> None:
    assert timedelta(minutes=10) < actions.inspecting.KEPT_FOR <= timedelta(hours=1)
