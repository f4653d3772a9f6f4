"""Which way `./priyom test` runs what it was asked for."""

from __future__ import annotations

import pytest

from priyom.cli import quality
from priyom.cli.places import ROOT


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pytest would have been told; nothing is run."""
    told: list[str] = []

    def note(*command: str) -> int:
        told.extend(command)
        return 0

    monkeypatch.setattr(quality, "python", note)
    monkeypatch.setattr(quality, "set_up_browser", lambda: None)
    return told


@pytest.mark.parametrize("words", [[], ["--durations=5"], ["-k", "log"], ["--no-browser"]])
def test_everything_is_shared_out(asked: list[str], words: list[str]) -> None:
    quality.run_test(words)
    assert int(asked[asked.index("-n") + 1]) in range(2, 5)
    assert "--no-loadscope-reorder" in asked


@pytest.mark.parametrize(
    "words",
    [["-n0"], [str(ROOT / "tests")], [f"{__file__}::test_everything_is_shared_out"]],
)
def test_what_is_named_runs_in_one_process(asked: list[str], words: list[str]) -> None:
    quality.run_test(words)
    assert "-n" not in asked
