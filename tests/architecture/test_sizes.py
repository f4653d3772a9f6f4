"""Sizes: what does not fit in a head is cut; the list of exceptions may only shrink."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from priyom.testing import house

FILE, FUNCTION, ARGUMENTS, STYLE, SCRIPT = 400, 50, 6, 119, 150

# «file» or «file:function» → its present size; a line goes when the thing was cut.
EXCEPTIONS: dict[str, int] = {}

LIMITS = {".py": FILE, ".html": FILE, ".sql": FILE, ".css": STYLE, ".js": SCRIPT}


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(house.tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([argument for argument in every if argument.arg not in ("self", "cls")])


def _too_big() -> Iterator[tuple[str, int]]:
    for path in house.files(*LIMITS):
        if house.is_migration(path):
            continue
        length = len(house.text(path).splitlines())
        if length > LIMITS[path.suffix]:
            yield house.where(path), length
        if path.suffix != ".py":
            continue
        for node in _functions(path):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION:
                yield f"{house.where(path)}:{node.name}", length


def test_files_and_functions_fit_in_a_head() -> None:
    found = {f"{thing} has {size} lines" for thing, size in _too_big()}
    known = {f"{thing} has {size} lines" for thing, size in EXCEPTIONS.items()}
    house.require_none(found - known)
    assert found == known, "Something was cut: take it off the list, or write its new size."


def test_functions_take_six_arguments_at_most() -> None:
    wrong = [
        f"{house.where(path, node.lineno)} {node.name}: {_arguments(node)}"
        for path in house.files(".py")
        if not house.is_migration(path) and not house.is_test(path)
        for node in _functions(path)
        if _arguments(node) > ARGUMENTS
    ]
    house.require_none(wrong)
