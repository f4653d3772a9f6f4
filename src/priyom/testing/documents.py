"""docs/floors.md and docs/states.md, made from the code: `python -m priyom.testing.documents`."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from priyom.kernel.machine import Machine
from priyom.testing import house

HOW = "Write it anew: .venv/bin/python -m priyom.testing.documents (PYTHONPATH=src)"
BUTTON = re.compile(r"data-act=[\"']([a-z_]+\.[a-z_]+)[\"']")
TERM = re.compile(r"^[^,.:(]+,\s+([А-ЯЁа-яё][^,.:;()]*)")
AnyMachine = Machine[Any, Any]


@dataclass(frozen=True)
class Act:
    """One act of one machine: «consultation.begin», the pages with its button, its tests."""

    name: str
    is_automatic: bool
    pages: tuple[str, ...]
    tests: tuple[str, ...]


def russian_term(docstring: str) -> str:
    """Return «консультация» of «Consultation, консультация: …», "" when there is none."""
    found = TERM.match(docstring)
    return found[1].strip() if found else ""


@cache
def machines() -> tuple[tuple[str, AnyMachine], ...]:
    """Return (room, machine) of every life cycle, lowest room first."""
    return tuple(
        (room, machine)
        for room in house.rooms()
        if (house.SOURCE / room / "rules.py").is_file()
        for machine in getattr(importlib.import_module(f"priyom.{room}.rules"), "MACHINES", ())
    )


@cache
def acts() -> tuple[Act, ...]:
    """Return every act of every machine, in the order of its table."""
    pages, tests = _pages(), marked_tests()
    found = []
    for room, machine in machines():
        own = f"src/priyom/{room}/"
        for act in dict.fromkeys(act for _, act in machine.transitions):
            name = f"{machine.name}.{act}"
            found.append(
                Act(
                    name,
                    act in machine.automatic,
                    tuple(pages.get(name, ())),
                    tuple(sorted(tests.get(name, ()), key=lambda test: not test.startswith(own))),
                )
            )
    return tuple(found)


def _pages() -> dict[str, list[str]]:
    """Return the templates and offering modules by act."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in house.templates():
        for name in dict.fromkeys(BUTTON.findall(house.text(path))):
            found[name].append(house.where(path))
    for path in house.code():
        for name in dict.fromkeys(_offered(path)):
            found[name].append(house.where(path))
    return found


def _offered(path: Path) -> Iterator[str]:
    """Yield the acts that a module offers: Offer("call.leave", …), or f"call.{act}" of its enum."""
    if "priyom.kernel.offer.Offer" not in {name for name, _ in house.imports(path)}:
        return
    used = {node.attr for node in ast.walk(house.tree(path)) if isinstance(node, ast.Attribute)}
    every = {f"{m.name}.{act}": act.name for _, m in machines() for _, act in m.transitions}
    for node in ast.walk(house.tree(path)):
        if isinstance(node, ast.Constant) and node.value in every:
            yield node.value
        if isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
            start = first.value if isinstance(first, ast.Constant) else None
            yield from (
                name
                for name, constant in every.items()
                if start == name.split(".")[0] + "." and constant in used
            )


@cache
def marked_tests() -> dict[str, list[str]]:
    """Return «file::function» by the act it is marked with."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in house.files(".py"):
        if not house.is_test(path):
            continue
        for node in ast.walk(house.tree(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and house.dotted(mark.func) == "pytest.mark.act":
                    for argument in mark.args:
                        if isinstance(argument, ast.Constant):
                            found[str(argument.value)].append(f"{house.where(path)}::{node.name}")
    return found


def _code(places: tuple[str, ...]) -> str:
    return "<br>".join(f"`{place.removeprefix('src/priyom/')}`" for place in places)


def _machine(room: str, machine: AnyMachine) -> Iterator[str]:
    known = {act.name: act for act in acts()}
    yield f"## {machine.title} (`{machine.name}`)\n"
    yield f"Table: `src/priyom/{room}/rules.py`.\n"
    yield "```mermaid\nstateDiagram-v2"
    for state, label in machine.labels.items():
        yield f"    {state}: {state}<br/>{label}"
    first = next(iter(machine.labels))
    yield f"    [*] --> {first}"
    for (state, act), after in machine.transitions.items():
        yield f"    {state} --> {after}: {act}"
    for state in machine.labels:
        if not machine.allowed(state):
            yield f"    {state} --> [*]"
    yield "```\n"
    yield "| state | act | next state | where its button is | shown by the test |"
    yield "|---|---|---|---|---|"
    for (state, act), after in machine.transitions.items():
        told = known[f"{machine.name}.{act}"]
        page = "by itself or by another act" if told.is_automatic else _code(told.pages)
        yield f"| {state} | {act} | {after} | {page} | {_code(told.tests[:1])} |"
    yield ""


def states() -> str:
    """Return docs/states.md: a picture and a table of each life cycle."""
    lines = [
        "# States\n",
        "Made from the tables in the rooms' `rules.py` by `python -m priyom.testing.documents`;",
        "a test fails when this page is stale. Every act is one function, one transaction, one",
        "audit row; an act that is not in the table is refused with the present state's name.\n",
    ]
    for room, machine in machines():
        lines += _machine(room, machine)
    return "\n".join(lines).rstrip() + "\n"


def _promise(room: str) -> str:
    folder = house.SOURCE / room
    entry = folder / "__init__.py"
    docstring = ast.get_docstring(house.tree(entry)) if entry.is_file() else None
    return (docstring or "").split("\n\n")[0].replace("\n", " ")


def _leans_on(room: str) -> str:
    known = {
        module.split(".")[1]
        for path in house.code()
        if house.room_of(path) == room
        for module, _ in house.imports(path)
        if module.startswith("priyom.") and module.split(".")[1] in house.rooms()
    }
    return ", ".join(other for other in house.rooms() if other in known - {room})


def floors() -> str:
    """Return docs/floors.md: the rooms by floor, what each is for, what it leans on."""
    lines = [
        "# Floors\n",
        "Imports, foreign keys and template includes go down only; neighbours do not know each",
        "other. The order stands in `pyproject.toml` (`tool.importlinter`); this page is made by",
        "`python -m priyom.testing.documents`, and a test fails when it is stale.\n",
        "| floor | room | what for | leans on |",
        "|---|---|---|---|",
    ]
    for room in reversed(house.rooms()):
        height = house.floor_of(room)
        lines.append(f"| {height} | `{room}` | {_promise(room)} | {_leans_on(room)} |")
    lines += [
        "",
        "Apart stand `gateway` (its own process; shares SQL text and pure rules, never Django) and",
        "`testing` (the cast, the database and the browser of the tests; may know every room).",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both documents."""
    folder = house.ROOT / "docs"
    folder.mkdir(exist_ok=True)
    for name, text in (("floors.md", floors()), ("states.md", states())):
        (folder / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
