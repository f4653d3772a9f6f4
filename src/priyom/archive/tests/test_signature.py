"""The organisation signs the manifest of a closed talk: once, checked, in the ZIP, for anybody."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from priyom.archive import actions, jobs, verifying
from priyom.archive.models import Bundle, SealSignature
from priyom.archive.rules import BundleKind
from priyom.conclusions import actions as conclusions
from priyom.conclusions import signer
from priyom.conclusions.actions.stamping import Stamper
from priyom.conclusions.signing.checking import verify_detached
from priyom.conclusions.tests.talks import Talk
from priyom.consultations.models import Seal
from priyom.files import actions as files


@pytest.fixture
def sealed(talk: Talk, settings: Any) -> Talk:
    """A closed talk with its seal, of a МО that has a trial key."""
    settings.SIGNING_ORGANISATION = "demo-gost"
    talk.signed()
    jobs.seal(0)
    return talk


def packed(talk: Talk) -> bytes:
    """Return the bytes of Анна's ZIP."""
    row = actions.ask(talk.cast.anna.actor, talk.id, BundleKind.ZIP)
    actions.pack(row.pk)
    made = Bundle.objects.get(pk=row.pk).blob
    assert made is not None
    return files.read(made)


def test_each_manifest_is_signed_once(sealed: Talk) -> None:
    assert (actions.sign_manifests(), actions.sign_manifests()) == (1, 0)
    row, seal = SealSignature.objects.get(), Seal.objects.select_related("manifest").get()
    assert row.seal == seal
    assert seal.manifest is not None
    verdict = verify_detached(bytes(row.cms), files.read(seal.manifest), signer.roots())
    assert verdict.is_genuine
    assert (row.way, row.owner) == ("demo-gost", verdict.signer)


def test_without_a_key_or_an_ogrn_nothing_is_signed(sealed: Talk, settings: Any) -> None:
    place = sealed.cast.clinic
    type(place).objects.filter(pk=place.pk).update(ogrn="")
    assert actions.sign_manifests() == 0
    type(place).objects.filter(pk=place.pk).update(ogrn=place.ogrn)
    settings.SIGNING_ORGANISATION = ""
    jobs.sign(0)
    assert not SealSignature.objects.exists()
    with zipfile.ZipFile(io.BytesIO(packed(sealed))) as archive:
        assert "opis.json.sig" not in archive.namelist()


def test_a_silent_service_is_asked_again_and_a_new_key_signs_the_last_month(
    sealed: Talk, settings: Any
) -> None:
    settings.SIGNING_ORGANISATION, settings.SIGNING_SECRET = "service", "x"
    settings.SIGNING_URL = "http://127.0.0.1:9"
    jobs.sign(0)
    assert not SealSignature.objects.exists()
    settings.SIGNING_ORGANISATION = "demo"
    sealed.clock.forward(days=20)
    jobs.sign(0)
    assert not SealSignature.objects.exists(), "the minutes look back two hours only"
    jobs.sign_missed(0)
    assert SealSignature.objects.count() == 1


def test_the_zip_carries_it_at_once_and_its_checker_says_how(sealed: Talk, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(sealed))) as archive:
        archive.extractall(tmp_path)
    cms, manifest = (tmp_path / "opis.json.sig").read_bytes(), (tmp_path / "opis.json").read_bytes()
    assert verify_detached(cms, manifest, signer.roots()).is_genuine
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "proverka.py")],
        capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "opis.json.sig" in done.stdout
    assert "openssl cms -verify" in (tmp_path / "README.txt").read_text(encoding="utf-8-sig")


def test_a_later_seal_is_signed_and_the_earlier_one_left(sealed: Talk) -> None:
    sealed.clock.forward(minutes=1)
    conclusions.withdraw(sealed.cast.inna.actor, sealed.id, "Ошибка")
    jobs.seal(0)
    assert actions.sign_manifests() == 1
    assert SealSignature.objects.get().seal.part == 2


def test_it_stays_as_it_is(sealed: Talk) -> None:
    actions.sign_manifests()
    for change in (
        lambda: SealSignature.objects.update(owner="Другая"),
        lambda: SealSignature.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_check_of_the_archive_judges_it(sealed: Talk, settings: Any) -> None:
    way, seal = signer.of_organisation(), Seal.objects.get()
    assert way is not None
    other = Stamper(way, sealed.cast.clinic).over(b"{}", "t", sealed.row.number)
    SealSignature.objects.create(
        seal=seal, organisation=sealed.cast.clinic, way="demo-gost", owner="МО", serial="1",
        certificate_until=sealed.clock.instant, cms=other, signed_at=sealed.clock.instant,
    )  # fmt: skip
    report = verifying.verify(lambda _: None)
    name = f"{sealed.row.number}: the signature under the manifest of seal 1"
    assert (report.signed, report.faults) == (1, [f"{name} does not fit it"])


def test_a_signed_manifest_has_no_fault_but_for_a_foreign_root(
    sealed: Talk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.sign_manifests()
    report = verifying.verify(lambda _: None)
    assert (report.signed, report.faults) == (1, [])
    monkeypatch.setattr(signer, "roots", list)
    assert "leads to no root" in "".join(verifying.verify(lambda _: None).faults)
