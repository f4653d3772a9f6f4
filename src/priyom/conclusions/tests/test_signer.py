"""A signature in a PDF covers every byte; whatever is changed or added afterwards is seen."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from pypdf import PdfReader

from priyom.conclusions import signer as signing
from priyom.conclusions.authority import NAME, Authority, Kind
from priyom.conclusions.paper import render
from priyom.conclusions.signer import Signatory, Verdict, verify
from priyom.conclusions.signing import container
from priyom.conclusions.signing.cms import digest_wanted
from priyom.conclusions.signing.faults import Fault, Unfit
from priyom.conclusions.signing.ways import Demo, Task
from priyom.conclusions.tests.pki import AT, BORIS_SNILS
from priyom.conclusions.tests.samples import sample
from priyom.conclusions.tests.updates import updated
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.testing.clock import Clock

BORIS = Signatory(
    uuid7(),
    "Константинопольская-Заболотная Александра Владиславовна",
    "Поликлиника № 38 " * 5,
    BORIS_SNILS,
)


@pytest.fixture
def way(tmp_path: Path, clock: Clock) -> Demo:
    clock.set(AT)
    return Demo(Authority(tmp_path / "ca"), "demo")


@pytest.fixture
def roots(way: Demo, tmp_path: Path) -> list[x509.Certificate]:
    return [Authority(tmp_path / "ca").root()]


def _prepared(way: Demo, paper: bytes) -> bytes:
    return container.prepare(paper, BORIS.name, AT)


def _cms(way: Demo, prepared: bytes) -> bytes:
    certificate = way.certificate_of(BORIS)
    wanted = digest_wanted(certificate)
    digest = container.digest_in(prepared, wanted)
    return way.sign(Task("", "", digest, wanted), BORIS, certificate)


@pytest.fixture
def signed(way: Demo) -> bytes:
    prepared = _prepared(way, render(sample(), AT))
    return container.fill(prepared, _cms(way, prepared))


def test_signed_bytes_verify(way: Demo, signed: bytes, roots: list[x509.Certificate]) -> None:
    verdict = verify(signed, roots)
    certificate = signing.described(way.certificate_of(BORIS))
    assert verdict.is_genuine
    assert (verdict.signer, verdict.serial) == (BORIS.name, certificate.serial)
    assert certificate.issuer == NAME
    assert "без юридической силы" in certificate.note
    assert verdict.signed_at == AT


def test_signing_leaves_the_paper_as_it_was(signed: bytes) -> None:
    assert signed.startswith(render(sample(), AT))


def test_the_field_is_invisible(signed: bytes) -> None:
    page = PdfReader(BytesIO(signed)).pages[0]
    notes: Any = page["/Annots"]
    (field,) = [one.get_object() for one in notes if "/FT" in one.get_object()]
    assert [float(side) for side in field["/Rect"]] == [0, 0, 0, 0]


def test_one_changed_byte_is_seen(signed: bytes, roots: list[x509.Certificate]) -> None:
    opened = container.open_signed(signed)
    inside = opened.hole.start
    ends = (inside, opened.hole.end - 1, inside + 1 + 2 * len(opened.cms))
    step = len(signed) // 60
    for place in (0, 200, *range(step, len(signed), step), *ends, inside + 9, len(signed) - 1):
        broken = bytearray(signed)
        broken[place] ^= 1
        assert not verify(bytes(broken), roots).is_genuine, place


def test_what_stands_behind_the_signature_must_be_zeros(
    signed: bytes, roots: list[x509.Certificate]
) -> None:
    opened = container.open_signed(signed)
    last = opened.hole.end - 3
    for filler in (b"01", b"4D"):
        hidden = signed[:last] + filler + signed[last + 2 :]
        assert verify(hidden, roots).fault is Fault.SHAPE
    held = signed[opened.hole.start : opened.hole.end]
    small = signed.replace(held, held.lower())
    assert verify(small, roots).fault is Fault.SHAPE


def test_a_hole_in_the_byte_range_is_seen(signed: bytes, roots: list[x509.Certificate]) -> None:
    opened = container.open_signed(signed)
    start, end = opened.hole.start, opened.hole.end
    told = f"[0 {start} {end} {len(signed) - end}]".encode()
    assert told in signed
    for numbers in ((10, start, end, 1), (0, start - 50, end, len(signed) - end), (0, 0, 0, 0)):
        wrong = "[{} {} {} {}]".format(*numbers).encode().ljust(len(told))
        assert not verify(signed.replace(told, wrong), roots).is_genuine


def test_shadow_update_is_seen(signed: bytes, roots: list[x509.Certificate]) -> None:
    for longer in (updated(signed), signed + b"\n% added"):
        verdict = verify(longer, roots)
        assert (verdict.intact, verdict.whole_file, verdict.is_genuine) == (True, False, False)
    assert not verify(signed + b"\n%%EOF\n", roots).is_genuine


def test_a_second_signature_is_not_the_paper_that_was_signed(way: Demo, signed: bytes) -> None:
    with pytest.raises(Exception, match="field"):
        _prepared(way, signed)


def test_a_signature_of_another_document_is_seen(
    way: Demo, signed: bytes, roots: list[x509.Certificate]
) -> None:
    other = _prepared(way, render(replace(sample(), number="Т-2"), AT))
    swapped = container.fill(other, container.open_signed(signed).cms)
    assert verify(swapped, roots).fault is Fault.HASH


def test_a_place_is_filled_once_and_with_what_fits(way: Demo, signed: bytes) -> None:
    prepared = _prepared(way, render(sample(), AT))
    for place, body in ((signed, b"\x30\x00"), (prepared, bytes(container.RESERVED + 1))):
        with pytest.raises(Unfit):
            container.fill(place, body)


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\n", b"no pdf", bytes(5000)])
def test_junk_is_not_genuine(junk: bytes, roots: list[x509.Certificate]) -> None:
    assert verify(junk, roots) == Verdict(False, False, False, fault=Fault.SHAPE)


def test_unsigned_and_stripped_are_not_genuine(
    way: Demo, signed: bytes, roots: list[x509.Certificate]
) -> None:
    paper = render(sample(), AT)
    opened = container.open_signed(signed)
    start, end = opened.hole.start, opened.hole.end
    stripped = signed[:start] + b"<" + b"0" * (end - start - 2) + b">" + signed[end:]
    for body in (paper, _prepared(way, paper), stripped):
        assert not verify(body, roots).is_genuine


def test_strangers_authority_is_not_trusted(signed: bytes, tmp_path: Path) -> None:
    verdict = verify(signed, [Authority(tmp_path / "other").root()])
    assert verdict.intact
    assert not verdict.trusted


def test_the_trial_way_refuses_outside_the_demo(settings: Any) -> None:
    settings.SIGNING = "demo"
    assert signing.current().name == "demo"
    settings.DEMO = False
    with pytest.raises(Refusal) as refused:
        signing.current()
    assert refused.value.code == "conclusion.no_signer"
    assert signing.roots() == []


@pytest.mark.parametrize("kind", Kind)
def test_keys_are_private_and_made_once(tmp_path: Path, kind: Kind) -> None:
    folder = tmp_path / "ca"

    def issue(_: int) -> int:
        return int(Authority(folder, kind).pair("one", BORIS, AT)[0].serial_number)

    with ThreadPoolExecutor(4) as people:
        serials = set(people.map(issue, range(8)))
    assert len(serials) == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = {path.name for path in folder.iterdir()}
    assert names == {"lock", f"{kind}root.pem", f"{kind}one.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_certificate_is_renewed_for_a_new_name_and_before_its_end(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    first = authority.pair("one", BORIS, AT)[0].dump()
    assert authority.pair("one", BORIS, AT + timedelta(days=300))[0].dump() == first
    married = authority.pair("one", replace(BORIS, name="Петрова Анна"), AT)[0]
    assert married.dump() != first
    later = authority.pair("one", replace(BORIS, name="Петрова Анна"), married.not_valid_after)[0]
    assert later.dump() != married.dump()
