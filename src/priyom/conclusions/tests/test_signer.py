"""A signature covers every byte; whatever is changed or added afterwards is seen."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from priyom.conclusions.authority import NAME, Authority
from priyom.conclusions.paper import render
from priyom.conclusions.signer import DemoSigner, Signatory, verify
from priyom.conclusions.tests.samples import sample
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal

AT = datetime(2026, 11, 24, 11, 52, tzinfo=UTC)
BORIS = Signatory(
    uuid7(), "Константинопольская-Заболотная Александра Владиславовна", "Поликлиника № 38 " * 5
)


@pytest.fixture
def signer(settings: Any, tmp_path: Path) -> DemoSigner:
    settings.DEMO = True
    return DemoSigner(Authority(tmp_path / "ca"))


@pytest.fixture
def signed(signer: DemoSigner) -> bytes:
    return signer.sign(render(sample(), AT), BORIS)


def test_signed_bytes_verify(signer: DemoSigner, signed: bytes) -> None:
    verdict = verify(signed, signer.roots())
    certificate = signer.certificate_of(BORIS)
    assert verdict.is_genuine
    assert (verdict.signer, verdict.serial) == (BORIS.name, certificate.serial)
    assert certificate.issuer == NAME
    assert verdict.signed_at is not None


def test_signing_leaves_the_paper_as_it_was(signer: DemoSigner) -> None:
    paper = render(sample(), AT)
    assert signer.sign(paper, BORIS).startswith(paper)


def test_one_changed_byte_is_seen(signer: DemoSigner, signed: bytes) -> None:
    for place in (200, len(signed) // 3, len(render(sample(), AT)) + 40):
        broken = bytearray(signed)
        broken[place] ^= 1
        assert not verify(bytes(broken), signer.roots()).is_genuine


def test_shadow_update_is_seen(signer: DemoSigner, signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.root["/Tampered"] = generic.pdf_string("другая рекомендация")
    writer.update_root()  # type: ignore[no-untyped-call]
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    verdict = verify(out.getvalue(), signer.roots())
    assert not verdict.whole_file
    assert not verdict.is_genuine
    assert not verify(signed + b"\n%%EOF\n", signer.roots()).is_genuine


def test_second_signature_is_not_the_paper_that_was_signed(
    signer: DemoSigner, signed: bytes
) -> None:
    with pytest.raises(Exception, match="field"):
        signer.sign(signed, BORIS)


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\n", b"no pdf", bytes(5000)])
def test_junk_is_not_genuine(signer: DemoSigner, junk: bytes) -> None:
    assert not verify(junk, signer.roots()).is_genuine


def test_unsigned_is_not_genuine(signer: DemoSigner) -> None:
    assert not verify(render(sample(), AT), signer.roots()).is_genuine


def test_strangers_authority_is_not_trusted(signed: bytes, tmp_path: Path) -> None:
    other = DemoSigner(Authority(tmp_path / "other"))
    verdict = verify(signed, other.roots())
    assert verdict.intact
    assert not verdict.trusted


def test_refuses_outside_the_demo(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = False
    with pytest.raises(Refusal) as refused:
        DemoSigner(Authority(tmp_path))
    assert refused.value.code == "conclusion.no_signer"


def test_keys_are_private_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "ca"

    def issue(_: int) -> int:
        return Authority(folder).pair("one", "Имя", "МО", AT)[0].serial_number

    with ThreadPoolExecutor(6) as people:
        serials = set(people.map(issue, range(12)))
    assert len(serials) == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} == {"lock", "root.pem", "one.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_certificate_is_renewed_for_a_new_name_and_before_its_end(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    first = authority.pair("one", "Иванова", "МО", AT)[0]
    assert authority.pair("one", "Иванова", "МО", AT + timedelta(days=300))[0] == first
    married = authority.pair("one", "Петрова", "МО", AT)[0]
    assert married != first
    later = authority.pair("one", "Петрова", "МО", married.not_valid_after_utc)[0]
    assert later != married
