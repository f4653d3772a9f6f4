"""What each file of a room may do: reads, writes, transactions, states (architecture 2)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from priyom.testing import house

READS_ELSEWHERE: dict[str, str] = {}
"""Files that ask the database all the same, each with its reason; lines may only go away."""
MAY_READ = frozenset({"models", "queries", "actions"})
FREE = frozenset({"demo", "cli", "testing", "gateway", "kernel"})
"""Rooms around the acts: the demo fills tables, cli restores them."""
WRITES = frozenset({"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"})


def _calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(house.tree(path)):
        if isinstance(node, ast.Call):
            name = (
                node.func.attr if isinstance(node.func, ast.Attribute) else house.dotted(node.func)
            )
            yield node, name


def _rooms() -> Iterator[Path]:
    for path in house.code():
        if house.room_of(path) not in FREE | {""}:
            yield path


def test_only_models_queries_and_actions_ask_the_database() -> None:
    found = set()
    for path in _rooms():
        if house.module_of(path) in MAY_READ:
            continue
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                found.add(house.where(path))
    assert sorted(found) == sorted(READS_ELSEWHERE)


def test_only_actions_open_transactions_and_defer_jobs() -> None:
    wrong = []
    for path in _rooms():
        if house.module_of(path) == "actions" or house.where(path) in READS_ELSEWHERE:
            continue
        for call, name in _calls(path):
            is_write = name in WRITES and ".objects" in ast.unparse(call.func)
            if is_write or name in ("atomic", "on_commit", "defer", "configure_task"):
                wrong.append(f"{house.where(path, call.lineno)} {name}")
    house.require_none(wrong)


def _writes_of_state(path: Path) -> Iterator[int]:
    """Yield the lines that give a row another state: x.state = …, .update(state=…)."""
    for node in ast.walk(house.tree(path)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(part, ast.Attribute) and part.attr == "state":
                    yield part.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names = {keyword.arg for keyword in node.keywords}
            if node.func.attr == "update" and "state" in names:
                yield node.lineno


def test_states_are_written_by_the_acts_of_their_room() -> None:
    wrong = [
        house.where(path, line)
        for path in _rooms()
        if house.module_of(path) != "actions"
        for line in _writes_of_state(path)
    ]
    house.require_none(wrong)


def test_state_of_a_consultation_has_one_writer() -> None:
    room = house.SOURCE / "consultations"
    writers = {
        path.name
        for path in house.code()
        if path.is_relative_to(room / "actions")
        for line in _writes_of_state(path)
        if "consultation.state" in house.text(path).splitlines()[line - 1]
    }
    assert writers <= {"living.py"}


def test_no_sql_text_writes_a_state_of_another_room() -> None:
    pattern = re.compile(r"UPDATE\s+(\w+?)_\w+\s+SET[^;]*?\bstate\s*=", re.IGNORECASE)
    wrong = []
    for path in house.files(".py", ".sql", under=house.SOURCE):
        if house.is_test(path) or house.room_of(path) in FREE:
            continue
        wrong += [
            f"{house.where(path)} {room}"
            for room in pattern.findall(house.text(path))
            if room != house.room_of(path)
        ]
    house.require_none(wrong)
