"""The house seen from outside: its rooms, floors and files, for the tests of its architecture."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from priyom.cli import places

ROOT = places.ROOT
SOURCE = ROOT / "src" / "priyom"
APART = frozenset({"testing", "gateway"})
"""Packages that stand on no floor."""


@cache
def project() -> dict[str, object]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def storeys() -> tuple[tuple[str, ...], ...]:
    """Return the floors as import-linter's contract names them, lowest first."""
    tool = project()["tool"]
    assert isinstance(tool, dict)
    contract = next(c for c in tool["importlinter"]["contracts"] if c["id"] == "floors")
    layers = reversed(contract["layers"])
    return tuple(tuple(re.findall(r"\w+", layer)) for layer in layers)


@cache
def floor_of(room: str) -> int:
    """Return the floor of a room, 1 for the kernel.

    Raises LookupError for a room that the contract does not place.
    """
    for height, rooms in enumerate(storeys(), start=1):
        if room in rooms:
            return height
    raise LookupError(f"{room} has no floor: place it in pyproject.toml, tool.importlinter.")


def may_know(room: str, other: str) -> bool:
    """Whether a room may use another one: itself and those below, never its neighbours."""
    return room == other or floor_of(other) < floor_of(room)


def rooms() -> tuple[str, ...]:
    """Return the names of the rooms that are built, lowest first."""
    return tuple(room for storey in storeys() for room in storey if (SOURCE / room).is_dir())


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files that .gitignore does not pass over, without vendored ones; needs no git."""
    return tuple(sorted(path for path in _kept(ROOT) if not _is_vendored(path)))


def _is_vendored(path: Path) -> bool:
    return "vendor" in path.relative_to(ROOT).parts


@cache
def _passed_over() -> tuple[str, ...]:
    """Return the patterns of .gitignore: `/place/` from the root, `name` anywhere."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return (*(line.rstrip("/") for line in lines), ".git")


def _kept(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        place = f"/{path.relative_to(ROOT).as_posix()}"
        if any(fnmatch(place if one[0] == "/" else path.name, one) for one in _passed_over()):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _kept(path)
        elif path.is_file():
            yield path


def files(*endings: str, under: Path = ROOT) -> Iterator[Path]:
    """Yield tracked files with one of the endings («.py»), in order."""
    return (path for path in tracked() if path.suffix in endings and path.is_relative_to(under))


def is_test(path: Path) -> bool:
    """Whether a file is a test or made for tests."""
    parts = path.relative_to(ROOT).parts
    return "tests" in parts or parts[:3] == ("src", "priyom", "testing") or parts[0] == "benchmarks"


def is_migration(path: Path) -> bool:
    """Whether a file is one of Django's migrations."""
    return "migrations" in path.parts


def code(*, tests: bool = False) -> Iterator[Path]:
    """Yield the Python files of the package, without migrations; `tests` adds the tests."""
    for path in files(".py", under=SOURCE):
        if not is_migration(path) and (tests or not is_test(path)):
            yield path


def room_of(path: Path) -> str:
    """Return the room that a file of the package stands in; "" for settings and its like."""
    inside = path.relative_to(SOURCE).parts
    return inside[0] if len(inside) > 1 else ""


def module_of(path: Path) -> str:
    """Return the part of a room that a file is: «models», «actions» for actions/booking.py."""
    return path.relative_to(SOURCE / room_of(path)).parts[0].removesuffix(".py")


def where(path: Path, line: int = 0) -> str:
    """Return «src/priyom/chat/views.py:12»."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name


@cache
def text(path: Path) -> str:
    """Return a file's text."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return a Python file parsed."""
    return ast.parse(text(path), filename=str(path))


def dotted(node: ast.AST) -> str:
    """Return «a.b.c» for names and attributes, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield (module, line) of each import of a file; «from a import b» yields a and a.b."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno


def require_none(wrong: Iterable[str]) -> None:
    """Fail with one line for each thing that is wrong."""
    lines = sorted(set(wrong))
    assert not lines, "\n  " + "\n  ".join(lines)


def templates() -> Iterator[Path]:
    """Yield every template of every room."""
    for path in tracked():
        if path.is_relative_to(SOURCE) and "templates" in path.parts:
            yield path
