"""Files and a real clamd: nobody opens what was not looked at, and what is harmful stays shut."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from priyom.files import actions, clamd, rules
from priyom.files.models import Blob
from priyom.files.tests.scanner import HARM, Clamd
from priyom.kernel.refusal import Refusal
from priyom.testing.jobs import run_deferred

pytestmark = pytest.mark.usefixtures("place")
GOOD = b"%PDF-1.7\n% an analysis\n%%EOF\n"
BAD = b"%PDF-1.7\n" + HARM + b"\n%%EOF\n"


def received(body: bytes) -> Blob:
    return actions.receive(io.BytesIO(body), "анализ.pdf")[0]


def test_over_both_kinds_of_lines(scanner: Clamd) -> None:
    for address in (scanner.address, scanner.path):
        assert clamd.signature(address, [GOOD]) == ""
        assert clamd.signature(address, [BAD[:20], BAD[20:]]) == "Priyom.Test.UNOFFICIAL"


def test_what_is_too_long_for_it_is_not_called_clean(scanner: Clamd) -> None:
    with pytest.raises(clamd.Unanswered):
        clamd.signature(scanner.address, [b"x" * 500_000] * 8)


def test_a_file_waits_until_it_was_looked_at(configured: Clamd) -> None:
    blob = received(GOOD)
    assert blob.scan == "waiting"
    rules.require_open(blob.scan, is_own=True)
    with pytest.raises(Refusal, match="ещё проверяется"):
        rules.require_open(blob.scan, is_own=False)
    assert run_deferred(actions.SCAN) == 1
    blob.refresh_from_db()
    assert blob.scan == "clean"
    rules.require_open(blob.scan, is_own=False)


def test_a_harmful_file_is_shut_for_everybody_and_for_ever(configured: Clamd) -> None:
    blob = received(BAD)
    run_deferred(actions.SCAN)
    blob.refresh_from_db()
    assert blob.scan == "infected"
    for is_own in (True, False):
        with pytest.raises(Refusal, match="не прошёл проверку"):
            rules.require_open(blob.scan, is_own=is_own)
    assert received(BAD).scan == "infected", "sent again, it is known"
    assert actions.read(blob) == BAD, "kept for the archive"


def test_while_clamd_is_down_files_wait_and_then_go_on(configured: Clamd) -> None:
    configured.stop()
    try:
        blob = received(GOOD)
        run_deferred(actions.SCAN)
        assert actions.sweep_scans() == 0
        blob.refresh_from_db()
        assert blob.scan == "waiting"
    finally:
        configured.start()
    assert actions.sweep_scans() == 1
    blob.refresh_from_db()
    assert blob.scan == "clean"


def test_what_a_disguise_hides_is_found_in_the_bytes_as_they_came(configured: Clamd) -> None:
    """A picture is drawn anew, so the served one is harmless; its sender is told all the same."""
    blob = actions.receive(io.BytesIO(_photo() + HARM), "фото.jpg")[0]
    assert HARM not in actions.read(blob)
    run_deferred(actions.SCAN)
    blob.refresh_from_db()
    assert blob.scan == "infected"


def test_without_a_scanner_nobody_waits(db: None, settings: Any) -> None:
    blob = received(BAD)
    assert blob.scan == "none"
    Blob.objects.update(scan="waiting")  # as if it had been configured when the file came
    settings.CLAMD = ""
    assert actions.sweep_scans() == 1
    blob.refresh_from_db()
    assert blob.scan == "none"


@pytest.mark.parametrize(
    ("said", "address"),
    [(b"", "tcp://127.0.0.1:1"), (b"", "/nowhere/clamd.ctl"), (b"", "tcp://127.0.0.1:no")],
)
def test_a_wrong_address_is_silence_and_not_a_verdict(said: bytes, address: str) -> None:
    with pytest.raises(clamd.Unanswered):
        clamd.signature(address, [said])


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, "JPEG")
    return out.getvalue()
