"""The supervisor with small children: restart, order, and nobody left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from priyom.cli.child import BACK_OFF, Child
from priyom.cli.failure import Stop
from priyom.cli.places import ROOT
from priyom.cli.supervisor import Supervisor
from priyom.cli.tests.conftest import eventually

PROGRAM = """
import sys
from pathlib import Path
from priyom.cli.child import Child
from priyom.cli.supervisor import Supervisor

python = [sys.executable, "-u", "-c"]
children = [
    Child(name, [*python, code], {{"PATH": "/usr/bin:/bin"}}, is_last_to_stop=name == "base")
    for name, code in {children!r}
]
with Supervisor(Path({logs!r})) as house:
    house.start(children)
    print("ready", flush=True)
    house.run()
"""
PATIENT = "import os,time; print('pid', os.getpid()); time.sleep(600)"
POLITE = (
    "import signal,sys,time\n"
    "signal.signal(signal.SIGTERM, lambda *_: (print('bye', time.monotonic()), sys.exit()))\n"
    "print('here'); time.sleep(600)"
)
WITH_GRANDCHILD = (
    "import subprocess,sys,time\n"
    "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print('pid', one.pid); time.sleep(600)"
)


Supervise = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """Starts a supervisor process over children (name, Python code); logs go to tmp_path."""
    started: list[subprocess.Popen[str]] = []

    def start(*children: tuple[str, str]) -> subprocess.Popen[str]:
        code = PROGRAM.format(children=list(children), logs=str(tmp_path))
        env = dict(os.environ) | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "NO_COLOR": "1"}
        command = [sys.executable, "-c", code]
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def line_with(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return line
    raise AssertionError(f"«{word}» never came")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def pid_in(logs: Path, name: str) -> int:
    log = logs / f"{name}.log"
    assert eventually(lambda: log.exists() and "pid " in log.read_text())
    return int(log.read_text().rsplit("pid ", 1)[1].split()[0])


def test_killed_supervisor_leaves_no_orphan(supervise: Supervise, tmp_path: Path) -> None:
    process = supervise(("one", PATIENT))
    line_with(process, "ready")
    child = pid_in(tmp_path, "one")
    process.kill()
    process.communicate()
    assert eventually(lambda: not is_alive(child))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_takes_children_of_children_too(
    supervise: Supervise, tmp_path: Path, number: signal.Signals
) -> None:
    process = supervise(("one", WITH_GRANDCHILD))
    line_with(process, "ready")
    grandchild = pid_in(tmp_path, "one")
    process.send_signal(number)
    process.communicate(timeout=20)
    assert eventually(lambda: not is_alive(grandchild))


def test_the_base_stops_last(supervise: Supervise, tmp_path: Path) -> None:
    process = supervise(("base", POLITE), ("one", POLITE))
    line_with(process, "ready")
    assert eventually(lambda: "here" in (tmp_path / "base.log").read_text())
    assert eventually(lambda: "here" in (tmp_path / "one.log").read_text())
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert "was killed" not in said, "each had its time to say goodbye"

    def goodbye(name: str) -> float:
        return float((tmp_path / f"{name}.log").read_text().split("bye ")[1].split()[0])

    assert goodbye("one") < goodbye("base")


def test_fallen_child_is_started_again_and_said_so(supervise: Supervise, tmp_path: Path) -> None:
    process = supervise(("one", PATIENT))
    line_with(process, "ready")
    first = pid_in(tmp_path, "one")
    os.kill(first, signal.SIGKILL)
    assert "ended with signal 9; it is started again in 0.5 s" in line_with(process, "ended")
    assert eventually(lambda: pid_in(tmp_path, "one") != first)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


def test_child_that_falls_again_and_again_waits_longer() -> None:
    child = Child("one", ["true"], {})
    child.started_at = float("inf")  # never lives long
    assert [child.plan_restart() for _ in range(8)] == [*BACK_OFF, 30.0, 30.0]
    child.started_at = float("-inf")
    assert child.plan_restart() == BACK_OFF[0]


def test_child_that_cannot_start_says_its_last_words(supervise: Supervise, tmp_path: Path) -> None:
    code = "print('no such table: patients'); raise SystemExit(3)"
    process = supervise(("one", code))
    said, _ = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "no such table" in (tmp_path / "one.log").read_text()
    assert "ready" not in said


def test_missing_part_is_named(tmp_path: Path) -> None:
    child = Child("gateway", ["true"], {}, None, ("priyom.nowhere.at_all",))
    with pytest.raises(Stop, match="«gateway» is missing: there is no Python module"):
        Supervisor(tmp_path).start([child])


def test_long_log_is_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("priyom.cli.child.LOG_LIMIT", 1000)
    child = Child("one", [sys.executable, "-c", "print('line\\n' * 200)"], {})
    child.start(tmp_path)
    assert child.process is not None
    child.process.wait()
    lines = child.read()
    assert lines.count("line") == 200
    assert (tmp_path / "one.log.1").exists()
    child.close()
