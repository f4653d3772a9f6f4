"""The developer's verbs: test, check, fmt, bench, lock."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from priyom.cli import console
from priyom.cli.failure import Stop
from priyom.cli.places import ROOT

PATH = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
JOURNEYS = ROOT / "tests" / "journeys"
WORKERS = (2, 4)
"""The fewest and the most processes for everything: much of the time is waiting, and each process
has a database cluster and a browser of its own (about 1 GB)."""
PYTHON_CODE = ("priyom", "src", "simulators", "tests", "benchmarks")
LOCKS = (("requirements.lock", ()), ("requirements-dev.lock", ("--group", "dev")))
SHARED_OUT = ("--dist", "loadfile", "--no-loadscope-reorder")
"""In order: the journeys stay last in each process, for Playwright's event loop keeps Django's
database shut."""
COMPILE = (
    *("pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"),
)


def run_test(words: list[str]) -> int:
    """pytest on the paths, or on everything; the browser is set up when journeys are meant.

    Everything runs in several processes, file by file, unless `-n` says in how many.
    words: paths and pytest's own options as typed, and --no-browser to leave out the journeys.
    """
    given = [absolute(word) for word in words if word != "--no-browser"]
    if not chosen(words) and not any(word.startswith("-n") for word in given):
        fewest, most = WORKERS
        given += ["-n", str(min(max(os.cpu_count() or 1, fewest), most)), *SHARED_OUT]
    if "--no-browser" in words:
        given.append(f"--ignore={JOURNEYS}")
    elif wants_browser(words):
        set_up_browser()
    return python("-m", "pytest", *given)


def absolute(path: str) -> str:
    """Paths are the caller's, pytest runs at the root; `file.py::test` keeps its tail."""
    file, mark, rest = path.partition("::")
    return str(Path(file).absolute()) + mark + rest if Path(file).exists() else path


def chosen(words: list[str]) -> list[Path]:
    """The paths among the words, whether whole files or `file.py::test`."""
    paths = [Path(word.partition("::")[0]).absolute() for word in words]
    return [path for path in paths if path.exists()]


def wants_browser(words: list[str]) -> bool:
    """Whether tests/journeys is among the paths; no path at all means everything."""
    if not JOURNEYS.exists():
        return False
    paths = chosen(words)
    near = {JOURNEYS, *JOURNEYS.parents}
    return not paths or any(path in near or JOURNEYS in path.parents for path in paths)


def set_up_browser() -> None:
    console.say("The browser of the tests is made ready (the first time takes a minute) ...")
    if python("-m", "priyom.testing.browser", "install"):
        raise Stop("No browser, the reason stands above; --no-browser runs the other tests.")


def run_check(_: argparse.Namespace) -> int:
    """Every check runs, even after one failed; a failed one shows what it said."""
    targets = [name for name in PYTHON_CODE if (ROOT / name).exists()]
    checks = [
        ("style", ["-m", "ruff", "check", *targets]),
        ("format", ["-m", "ruff", "format", "--check", *targets]),
        ("types", ["-m", "mypy"]),
        (
            "floors of imports",
            ["-c", "from importlinter.cli import lint_imports_command as c; c()"],
        ),
        ("architecture and docs/states.md", ["-m", "pytest", "-q", "tests/architecture"]),
    ]
    failed = [title for title, command in checks if not passes(title, command)]
    if failed:
        console.say(console.paint(f"Not clean: {', '.join(failed)}.", "red"))
    return 1 if failed else 0


def passes(title: str, command: list[str]) -> bool:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | {"PRIYOM_SECRET_KEY": "check", "PYTHONPATH": PATH},
    )
    word = console.paint("ok  ", "green") if not done.returncode else console.paint("FAIL", "red")
    console.say(f"  {word}  {title.ljust(40)} {time.monotonic() - begun:.1f} s")
    if done.returncode:
        console.say(done.stdout.rstrip())
    return not done.returncode


def run_fmt(_: argparse.Namespace) -> int:
    """Writes what `check` compares: code style and the documents made from the code."""
    targets = [name for name in PYTHON_CODE if (ROOT / name).exists()]
    steps = (
        ("ruff", "check", "--fix", "--select", "I,F401", *targets),
        ("ruff", "format", *targets),
        ("priyom.testing.documents",),
    )
    return max([python("-m", *step) for step in steps])


def run_bench(words: list[str]) -> int:
    """words: the benchmark's name, then its own options."""
    there = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))
    name = words[0] if words else ""
    if name not in there:
        names = ", ".join(there) or "none yet"
        raise Stop(f"There is no benchmark «{name}»: ./priyom bench <name>, with one of {names}.")
    return python(f"benchmarks/{name}.py", *words[1:])


def run_lock(_: argparse.Namespace) -> int:
    """Both lock files anew from pyproject.toml, with hashes and without a host's name in them."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv") or fetch_uv(Path(folder))
        for name, options in LOCKS:
            command = [uv, *COMPILE, *options, "--output-file", name, "pyproject.toml"]
            with console.step(name):
                done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
                if done.returncode:
                    raise Stop(f"{name} was not written: uv's reason stands above.")
    return 0


def fetch_uv(folder: Path) -> str:
    with console.step("uv, for this once"):
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"]
        if subprocess.run(pip, check=False).returncode:
            raise Stop("uv could not be installed: the network or the package index is missing.")
    return str(folder / "bin" / "uv")


def python(*command: str) -> int:
    """Runs Python at the root with the output going to the terminal as it comes."""
    env = os.environ | {"PYTHONPATH": PATH}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=False).returncode
