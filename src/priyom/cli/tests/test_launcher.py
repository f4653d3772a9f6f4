"""./priyom before there is any environment: its sentences, on a copy without git."""

import ast
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from priyom.cli.places import ROOT

LAUNCHER = ROOT / "priyom"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """An unpacked archive: launcher and locks, no git, no .venv."""
    shutil.copy(LAUNCHER, tmp_path / "priyom")
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text("nothing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    return tmp_path


def start(clone: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(clone / "priyom"), *words],
        env=dict(os.environ) | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_old_python_hears_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(sys, "argv", [str(LAUNCHER), "up"])
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(LAUNCHER), run_name="__main__")
    assert ended.value.code == 1
    [sentence] = capsys.readouterr().err.splitlines()
    assert sentence.startswith("priyom: Python 3.11 or newer is needed and this is Python 3.9;")


def test_words_of_an_old_python_can_be_read_by_it() -> None:
    tree = ast.parse(LAUNCHER.read_text(), feature_version=(3, 5))
    assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree))


def test_help_needs_no_environment(clone: Path) -> None:
    done = start(clone, "help")
    assert done.returncode == 0
    assert "./priyom <verb>" in done.stdout
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "the disk is full"),
        ("NewConnectionError('...: [Errno 111] Connection refused')", "index did not answer"),
        ("Temporary failure in name resolution", "index did not answer"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM", "differs from requirements.lock"),
        ("[Errno 13] Permission denied: '/x'", "cannot write into"),
    ],
)
def test_trouble_of_pip_is_one_sentence(
    output: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    launcher = runpy.run_path(str(LAUNCHER))
    with pytest.raises(SystemExit):
        launcher["refuse_known"](output)
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line


def test_missing_venv_module_names_its_package(capsys: pytest.CaptureFixture[str]) -> None:
    launcher = runpy.run_path(str(LAUNCHER))
    with pytest.raises(SystemExit):
        launcher["refuse_venv"]("The virtual environment was not created: ensurepip is missing")
    assert "apt install python3-venv" in capsys.readouterr().err


def test_finished_environment_starts_at_once(clone: Path) -> None:
    """A stamp that names these very locks is believed; no pip runs (there is none here)."""
    launcher = runpy.run_path(str(clone / "priyom"))
    bin_folder = clone / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    stamp = "\n".join(launcher["wanted"](["requirements.lock"]))
    (clone / ".venv" / "priyom-locks").write_text(stamp)
    package = clone / "src" / "priyom" / "cli"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__main__.py").write_text("import sys; print('ran', *sys.argv[1:])")
    assert start(clone, "up", "--port", "9000").stdout == "ran up --port 9000\n"
    (clone / "requirements.lock").write_text("other==2\n")
    assert launcher["finished"]() != launcher["wanted"](["requirements.lock"])


def test_development_lock_holds_the_whole_runtime_lock() -> None:
    """The launcher installs only the bigger one for test and check."""

    def pinned(name: str) -> set[str]:
        lines = (ROOT / name).read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith(" ")}

    assert pinned("requirements.lock") <= pinned("requirements-dev.lock")


def test_locks_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text()
