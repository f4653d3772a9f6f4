"""No decoder opens a file before a real clamd called it clean; then the work starts by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from priyom.files import actions
from priyom.files.models import Blob, Derivation
from priyom.files.rules import TRIES
from priyom.files.tests.media import film, sound
from priyom.files.tests.scanner import HARM, Clamd
from priyom.files.tests.test_papers import scan
from priyom.kernel import clock
from priyom.testing.jobs import deferred, run_deferred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]


def page() -> bytes:
    """Return a PDF of one white page."""
    out = io.BytesIO()
    Image.new("RGB", (62, 88), "white").save(out, "PDF")
    return out.getvalue()


def received(body: bytes) -> Blob:
    return actions.receive(io.BytesIO(body), "файл")[0]


def untouched(blob: Blob) -> bool:
    """Ring in every way there is, then tell whether the work was not even begun."""
    actions.plan(blob)
    actions.derive(blob.pk)
    Derivation.objects.update(due_at=clock.now())
    rung = actions.sweep() + len(deferred(actions.DERIVE))
    row = Derivation.objects.get(pk=blob.pk)
    return (rung, row.tries, row.done_at, row.fault) == (0, 0, None, "")


@pytest.mark.parametrize("kind", ["sound", "film", "page", "scan"])
def test_the_work_waits_for_the_verdict_and_then_starts(configured: Clamd, kind: str) -> None:
    bodies: dict[str, Callable[[], bytes]] = {
        "sound": lambda: sound("webm", "libopus"),
        "film": lambda: film("webm", "libvpx", "libopus"),
        "page": page,
        "scan": scan,
    }
    blob = received(bodies[kind]())
    assert untouched(blob)
    assert run_deferred(actions.SCAN) == 1
    assert run_deferred(actions.DERIVE) == 1, "nobody had to ring again"
    row = Derivation.objects.select_related("blob").get(pk=blob.pk)
    assert (row.fault, row.tries) == ("", 1)
    assert row.done_at is not None
    assert row.peaks or row.blob.thumbnail


def test_a_harmful_file_is_never_opened(configured: Clamd) -> None:
    blob = received(page() + b"\n%" + HARM + b"\n%%EOF\n")
    run_deferred(actions.SCAN)
    blob.refresh_from_db()
    assert blob.scan == "infected"
    assert untouched(blob)
    received(page() + b"\n%" + HARM + b"\n%%EOF\n")
    assert untouched(blob), "sent again, it is known"


def test_while_clamd_is_down_no_decoder_runs(configured: Clamd) -> None:
    configured.stop()
    try:
        blob = received(page())
        run_deferred(actions.SCAN)
        actions.sweep_scans()
        assert untouched(blob)
    finally:
        configured.start()
    assert actions.sweep_scans() == 1
    assert run_deferred(actions.DERIVE) == 1
    assert Derivation.objects.get(pk=blob.pk).done_at is not None


def test_a_scanner_that_is_new_sees_first_what_no_decoder_has_opened(
    scanner: Clamd, settings: Any
) -> None:
    opened, unopened, hopeless = received(page()), received(scan()), received(b"%PDF-1.7 %%EOF")
    actions.derive(opened.pk)
    Derivation.objects.filter(pk=hopeless.pk).update(tries=TRIES)
    settings.CLAMD = scanner.address
    actions.derive(unopened.pk)
    assert Derivation.objects.get(pk=unopened.pk).tries == 0
    assert actions.sweep_scans() == 1
    states = dict(Blob.objects.values_list("pk", "scan"))
    assert [states[one.pk] for one in (opened, unopened, hopeless)] == ["none", "clean", "none"]
    actions.derive(unopened.pk)
    assert Derivation.objects.get(pk=unopened.pk).done_at is not None


def test_without_a_scanner_any_more_the_sweeper_goes_on(settings: Any) -> None:
    settings.CLAMD = "tcp://127.0.0.1:1"
    blob = received(page())
    assert untouched(blob)
    settings.CLAMD = ""
    actions.sweep_scans()
    assert actions.sweep() == 1
    assert run_deferred(actions.DERIVE) == 1
    assert Derivation.objects.get(pk=blob.pk).done_at is not None
