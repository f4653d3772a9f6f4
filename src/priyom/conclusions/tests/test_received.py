"""A signature is believed only after it was checked; a bad one leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem
from django.db import DatabaseError, transaction

from priyom.conclusions import actions, queries, signer
from priyom.conclusions.actions import papers
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.signing import hand
from priyom.conclusions.signing.certificates import serial_of
from priyom.conclusions.signing.checking import verify_detached
from priyom.conclusions.signing.faults import Fault
from priyom.conclusions.signing.keys import GostKey, PlainKey, digest_of
from priyom.conclusions.signing.refusals import WORDS
from priyom.conclusions.tests.pki import House, Owner, house
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice


@dataclass
class Token:
    """Борис's token, at a talk: the certificate is chosen at forming, the CMS comes back."""

    talk: Talk
    house: House
    owner: Owner

    def form(self, owner: Owner | None = None) -> Conclusion:
        certificate = (owner or self.owner).certificate.dump()
        return actions.form(self.talk.doctor, self.talk.id, self.talk.written(), certificate)

    def cms(self, row: Conclusion, owner: Owner | None = None) -> bytes:
        return (owner or self.owner).sign(bytes.fromhex(row.digest), self.talk.clock.instant)

    def beside(self, row: Conclusion, owner: Owner | None = None) -> bytes:
        task = hand.kept(row).beside()
        return (owner or self.owner).sign(task.digest, self.talk.clock.instant)

    def sign(self, row: Conclusion, cms: bytes, beside: bytes | None = None) -> Conclusion:
        offered = hand.Offered(cms, self.beside(row) if beside is None else beside)
        return actions.sign(self.talk.doctor, self.talk.id, row.formed_pdf_id or "", offered)

    def refused(self, act: Callable[[], object]) -> str:
        """Return the code of the refusal; nothing was signed, completed or told."""
        with pytest.raises(Refusal) as refused:
            act()
        assert not Signature.objects.exists()
        assert not Notice.objects.filter(key__startswith="conclusion").exists()
        assert self.talk.now().state in ("in_progress", "concluding")
        return refused.value.code.removeprefix("conclusion.").removeprefix("signature.")


def _token(talk: Talk, settings: Any, folder: Path, kind: type[Any] = PlainKey) -> Token:
    own = house(kind)
    (folder / "root.pem").write_bytes(pem.armor("CERTIFICATE", own.root.dump()))
    settings.SIGNING, settings.SIGNING_ROOTS = "browser", str(folder / "root.pem")
    settings.DEMO = False
    return Token(talk, own, _person(own, talk))


def _person(own: House, talk: Talk, **more: Any) -> Owner:
    doctor = talk.cast.boris.doctor
    now = talk.clock.instant
    told = {"since": now - timedelta(days=30), "until": now + timedelta(days=400)} | more
    return own.person(told.pop("snils", doctor.snils), str(doctor), **told)


@pytest.fixture
def token(talk: Talk, settings: Any, tmp_path: Path) -> Token:
    return _token(talk, settings, tmp_path)


def test_a_gost_signature_from_outside_completes_everything(
    talk: Talk, settings: Any, tmp_path: Path
) -> None:
    token = _token(talk, settings, tmp_path, GostKey)
    formed = token.form()
    assert (formed.way, formed.certificate_serial) == (
        "browser",
        serial_of(token.owner.certificate),
    )
    row = token.sign(formed, token.cms(formed))
    assert (row.state, talk.now().state) == ("signed", "completed")
    assert row.signed_pdf is not None
    verdict = signer.verify(files.read(row.signed_pdf), signer.roots())
    assert verdict.is_genuine
    assert verdict.signer == str(talk.cast.boris.doctor)
    kept = Signature.objects.get(form="pades")
    assert (kept.role, kept.way) == ("doctor", "browser")
    assert (kept.document_id, kept.signed_at) == (row.signed_pdf_id, row.signed_at)
    beside = Signature.objects.get(form="cades")
    assert row.formed_xml is not None
    xml = files.read(row.formed_xml)
    assert verify_detached(bytes(beside.cms), xml, signer.roots()).is_genuine
    assert verify_detached(bytes(beside.cms), xml + b" ", signer.roots()).fault is Fault.HASH
    assert bytes(kept.cms).hex().upper().encode() in files.read(row.signed_pdf)
    checked = queries.genuine(row.check_code)
    assert checked is not None
    assert not checked.is_training


def test_what_is_printed_and_prepared_is_kept_before_the_signature(token: Token) -> None:
    row = token.form()
    assert row.prepared_pdf is not None
    assert row.formed_pdf is not None
    prepared = files.read(row.prepared_pdf)
    assert prepared.startswith(files.read(row.formed_pdf))
    assert digest_of(PlainKey.digest, prepared).hex() != row.digest
    assert bytes(row.certificate) == token.owner.certificate.dump()


def test_each_certificate_that_may_not_sign_is_refused_before_forming(token: Token) -> None:
    talk, now = token.talk, token.talk.clock.instant
    talk.written()
    for owner, wanted in (
        (_person(token.house, talk, until=now - timedelta(days=1)), Fault.EXPIRED),
        (_person(token.house, talk, since=now + timedelta(days=1)), Fault.NOT_YET),
        (_person(token.house, talk, snils="00000000000"), Fault.SNILS),
        (_person(house(), talk), Fault.CHAIN),
        (_person(token.house, talk, usage=frozenset({"key_agreement"})), Fault.USAGE),
    ):
        assert token.refused(partial(token.form, owner)) == wanted
    assert token.refused(lambda: actions.form(talk.doctor, talk.id, talk.written())) == (
        "no_certificate"
    )
    junk = partial(actions.form, talk.doctor, talk.id, talk.written(), b"junk")
    assert token.refused(junk) == Fault.UNREADABLE
    assert Conclusion.objects.get().state == "draft"


def test_each_bad_signature_is_refused_and_the_next_one_taken(token: Token) -> None:
    row = token.form()
    digest = bytes.fromhex(row.digest)
    good = token.cms(row)
    other = _person(token.house, token.talk)
    for cms, wanted in (
        (b"", "no_signature"),
        (b"junk", Fault.UNREADABLE),
        (good[:-1] + bytes([good[-1] ^ 1]), Fault.SIGNATURE),
        (token.cms(row, other), Fault.OTHER_CERTIFICATE),
        (token.owner.sign(digest[::-1], token.talk.clock.instant), Fault.HASH),
        (token.owner.sign(digest, token.talk.clock.instant + timedelta(hours=1)), Fault.CLOCK),
    ):
        assert token.refused(partial(token.sign, row, cms)) == wanted
        assert Conclusion.objects.get().state == "formed"
    timeless = token.owner.sign(hand.kept(row).beside().digest)
    for beside, wanted in (
        (b"", "no_signature"),
        (good, Fault.HASH),
        (timeless, Fault.CLOCK),
        (token.beside(row, other), Fault.OTHER_CERTIFICATE),
    ):
        assert token.refused(partial(token.sign, row, good, beside)) == wanted
    assert token.sign(row, good).state == "signed"


def test_a_certificate_that_ends_meanwhile_signs_nothing(token: Token) -> None:
    short = _person(token.house, token.talk, until=token.talk.clock.instant + timedelta(hours=1))
    row = token.form(short)
    cms = token.cms(row, short)
    token.talk.clock.forward(hours=2)
    assert token.refused(lambda: token.sign(row, cms)) == Fault.EXPIRED
    assert actions.revise(token.talk.doctor, token.talk.id).state == "draft"
    row = token.form()
    assert token.sign(row, token.cms(row)).state == "signed"


def test_taking_it_back_forgets_the_certificate(token: Token) -> None:
    token.form()
    row = actions.revise(token.talk.doctor, token.talk.id)
    assert (row.prepared_pdf, row.way, row.digest, bytes(row.certificate)) == (None, "", "", b"")


def test_a_way_that_changed_meanwhile_asks_to_form_anew(token: Token, settings: Any) -> None:
    row = token.form()
    settings.SIGNING, settings.DEMO = "demo", True
    assert token.refused(lambda: token.sign(row, token.cms(row))) == "other_way"


def test_a_doctor_without_snils_cannot_form(talk: Talk) -> None:
    doctor = talk.cast.boris.doctor
    doctor.snils = ""
    doctor.save()
    with pytest.raises(Refusal) as refused:
        talk.formed()
    assert refused.value.code == "conclusion.no_snils"


def test_signature_and_completion_are_one(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    row = token.form()

    def fall(*_: object, **__: object) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(Signature.objects, "create", fall)
    with pytest.raises(DatabaseError), transaction.atomic():
        token.sign(row, token.cms(row))
    assert Conclusion.objects.get().state == "formed"
    assert token.talk.now().state == "concluding"
    assert queries.of_consultation(token.talk.cast.anna.actor, token.talk.id) is None


def test_nothing_is_locked_before_the_signature_was_checked(
    token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    checked, locked = hand.signed, papers._lock

    def check(*args: Any) -> Any:
        order.append("checked")
        return checked(*args)

    def lock(*args: Any) -> Any:
        order.append("locked")
        return locked(*args)

    row = token.form()
    monkeypatch.setattr(hand, "signed", check)
    monkeypatch.setattr(papers, "_lock", lock)
    token.sign(row, token.cms(row))
    assert order == ["checked", "locked"]


@pytest.mark.parametrize("change", [{"serial": "00"}, {"cms": b"x"}])
def test_a_signature_is_never_changed(talk: Talk, change: dict[str, Any]) -> None:
    talk.signed()
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.all().delete()


def test_trial_gost_is_marked_and_genuine(talk: Talk, settings: Any) -> None:
    settings.SIGNING = "demo-gost"
    row = talk.signed()
    assert set(Signature.objects.values_list("way", flat=True)) == {"demo-gost"}
    found = queries.genuine(row.check_code)
    assert found is not None
    assert (found.answer, found.is_training) == ("genuine", True)


def test_each_fault_has_words_with_a_way_out() -> None:
    assert set(WORDS) == set(Fault)
    for words in WORDS.values():
        assert words.count(".") >= 2 or ":" in words
        assert not {"!", "ошибк"} & set(words.lower().split())
