"""Troubles of the machine become sentences; bugs of ours stay bugs."""

import errno
import shutil
from pathlib import Path

import pytest

from priyom.cli import up
from priyom.cli.failure import FULL_DISK, Stop, sentence_of
from priyom.cli.places import State


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_one_sentence(code: int) -> None:
    assert sentence_of(OSError(code, "No space left on device", "/x")) == FULL_DISK


def test_full_disk_in_the_words_of_another_program() -> None:
    assert sentence_of(RuntimeError("initdb: error: No space left on device")) == FULL_DISK


def test_missing_right_names_the_folder() -> None:
    said = sentence_of(PermissionError(errno.EACCES, "Permission denied", "/data/var"))
    assert said is not None
    assert "/data/var" in said


def test_bug_is_not_dressed_up() -> None:
    assert sentence_of(KeyError("x")) is None


def test_nearly_full_disk_stops_before_the_database_meets_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(Stop, match="The disk is full"):
        up.require_space(State(tmp_path))
