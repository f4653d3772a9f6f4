"""What closes is sealed: by a job, over the whole log, and anew after each later entry."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from priyom.archive import jobs, manifest
from priyom.conclusions import actions as conclusions
from priyom.conclusions.tests.talks import Talk
from priyom.consultations import actions as consultations
from priyom.consultations.models import Entry, Seal
from priyom.consultations.queries import seals
from priyom.consultations.rules import EntryKind
from priyom.consultations.tests.said import said
from priyom.files import actions as files
from priyom.files.models import Blob
from priyom.kernel.refusal import Refusal
from priyom.testing.jobs import run_deferred


def sealed(talk: Talk) -> list[Seal]:
    jobs.seal(0)
    return seals.seals_of(talk.id)


def named(seal: Seal) -> dict[str, Any]:
    assert seal.manifest is not None
    return manifest.read(files.read(seal.manifest))


def by_hand(talk: Talk) -> str:
    """The head as the decision record says it, with nothing of the house's own chain."""
    head = hashlib.sha256(f'["priyom-log-1","{talk.id}"]'.encode()).digest()
    for one in Entry.objects.filter(consultation=talk.row).order_by("seq"):
        line = {
            "at": one.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "author": str(one.author),
            "body": one.body,
            "data": one.data,
            "files": [],
            "frame": one.frame,
            "key": one.client_key,
            "kind": one.kind,
            "name": one.author_name,
            "organisation": str(one.organisation_id),
            "refers": one.refers_to_seq,
            "seq": one.seq,
            "side": one.side,
        }
        text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        head = hashlib.sha256(head + text.encode()).digest()
    return head.hex()


def test_an_open_talk_asks_for_no_seal(talk: Talk) -> None:
    talk.formed()
    assert not Seal.objects.exists()


def test_signing_seals_chat_files_and_conclusion(talk: Talk) -> None:
    sent = talk.sent("Анализ.pdf")
    row = talk.signed()
    assert seals.seals_of(talk.id) == [], "nothing is hashed while the talk is locked"
    (seal,) = sealed(talk)
    assert (seal.part, seal.entries) == (1, talk.now().last_seq)
    found = named(seal)
    assert found["chain"]["head"] == seal.head
    assert [(one["id"], one["sha256"]) for one in found["files"]] == [
        (str(sent), hashlib.sha256("Анализ.pdf".encode()).hexdigest())
    ]
    (paper,) = found["conclusions"]
    assert (paper["sha256"], paper["state"]) == (row.signed_pdf_id, "signed")
    assert talk.cast.anna.card.family not in json.dumps(found, ensure_ascii=False)


def test_an_outsider_comes_to_the_same_head(talk: Talk) -> None:
    said(talk.row, "patient")
    talk.signed()
    (seal,) = sealed(talk)
    assert seal.head == by_hand(talk)


@pytest.mark.parametrize("way", ["cancelled", "missed"])
def test_what_ends_without_a_conclusion_is_sealed_too(talk: Talk, way: str) -> None:
    if way == "missed":
        talk.clock.forward(minutes=20)
        consultations.miss(talk.doctor, talk.id)
    else:
        consultations.cancel(talk.cast.vera.actor, talk.id, "Врач заболел")
    (seal,) = sealed(talk)
    assert seal.entries == talk.now().last_seq
    assert named(seal)["conclusions"] == []


def test_what_comes_after_closing_gets_a_further_seal(talk: Talk) -> None:
    talk.signed()
    (first,) = sealed(talk)
    conclusions.amend(talk.doctor, talk.id, "Опечатка")
    assert len(sealed(talk)) == 1, "a draft writes nothing into the log"
    talk.signed(complaints="Иное")
    conclusions.withdraw(talk.cast.inna.actor, talk.id, "Не тот пациент")
    before, second = sealed(talk)
    assert before == first
    found = named(second)
    assert found["chain"]["before"] == [
        {"entries": first.entries, "head": first.head, "manifest": first.manifest_id}
    ]
    assert [one["state"] for one in found["conclusions"]] == ["amended", "withdrawn"]


def test_a_log_that_grows_meanwhile_is_prepared_anew(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.signed()
    keep = files.keep

    def slow(body: bytes, media_type: str) -> Blob:
        monkeypatch.setattr(files, "keep", keep)
        consultations.note(talk.doctor, talk.id, EntryKind.AMENDED)
        return keep(body, media_type)

    monkeypatch.setattr(files, "keep", slow)
    (seal,) = sealed(talk)
    assert seal.entries == talk.now().last_seq
    assert not Seal.objects.filter(sealed_at=None).exists()


def test_one_that_fails_holds_up_no_other(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = talk.cast.consultation(consented=False)
    consultations.cancel(talk.cast.vera.actor, broken.pk, "Врач заболел")
    talk.signed()
    whole = seals.entries_of

    def entries(consultation: Any, until: Any = None) -> Any:
        if consultation == broken.pk:
            raise OSError("disk")
        return whole(consultation, until)

    monkeypatch.setattr(seals, "entries_of", entries)
    assert len(sealed(talk)) == 1
    assert Seal.objects.get(sealed_at=None).consultation_id == broken.pk


@pytest.mark.parametrize("words", [{"head": "0" * 64}, {"sealed_at": None, "head": ""}])
def test_a_seal_stays(talk: Talk, words: dict[str, Any]) -> None:
    talk.signed()
    (seal,) = sealed(talk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(**words)


def _checked(body: bytes) -> str:
    """Return the page that answers who sends this file to be checked."""
    sent = Client().post("/check/file/", {"file": SimpleUploadedFile("opis.json", body)})
    run_deferred("conclusions.inspect")
    return Client().get(sent.headers["Location"]).content.decode()


def test_the_check_page_knows_the_manifest(talk: Talk) -> None:
    talk.signed()
    (seal,) = sealed(talk)
    assert seal.manifest is not None
    body = files.read(seal.manifest)
    text = _checked(body)
    assert "Опись подлинная" in text
    assert "новая опись" not in text
    assert talk.cast.anna.card.family not in text
    conclusions.withdraw(talk.cast.inna.actor, talk.id, "Не тот пациент")
    sealed(talk)
    assert "новая опись" in _checked(body)
    assert "Опись подлинная" not in _checked(body + b" ")


def test_a_manifest_is_no_file_for_a_chat(talk: Talk) -> None:
    """Whoever downloads it and sends it into a chat gets a refusal, not a fault."""
    talk.signed()
    (seal,) = sealed(talk)
    assert seal.manifest is not None
    body = files.read(seal.manifest)
    with pytest.raises(Refusal, match="Такой файл отправить нельзя"):
        files.receive(io.BytesIO(body), "opis.json")
