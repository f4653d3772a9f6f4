"""Habits: no signals, no deferred imports, no rooms without a subject, no traces of a machine."""

from __future__ import annotations

import ast
import re

from priyom.testing import house

NAMELESS = frozenset({"services", "managers", "utils", "helpers", "repositories", "common", "misc"})
# Written in two halves, so that this file does not name what it forbids.
MACHINE = re.compile(
    r"(?<![\w.~-])/" + r"(?:work|root|farm|opt/wheels|opt/pypi)/\w|" + r"file:" + r"///"
)
REGISTRY = re.compile(
    "pypi" + r"\.org|python" + r"hosted\.org|npm" + r"js\.(?:org|com)|" + "yarn" + "pkg"
)


def test_no_signals() -> None:
    wrong = [
        house.where(path, line)
        for path in house.code()
        for module, line in house.imports(path)
        if module.startswith("django.dispatch") or ".signals" in module
    ]
    house.require_none(wrong)


def test_no_deferred_imports() -> None:
    """An import inside a function is the plaster over a cycle; the floors have none."""
    wrong = [
        house.where(path, inner.lineno)
        for path in house.files(".py")
        if not house.is_migration(path) and path.is_relative_to(house.ROOT / "src")
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    house.require_none(wrong)


def test_modules_have_subjects() -> None:
    wrong = [house.where(path) for path in house.code() if NAMELESS & {path.stem, *path.parts}]
    house.require_none(wrong)


def test_modules_promise_something() -> None:
    wrong = [
        house.where(path)
        for path in house.code()
        if house.text(path).strip() and not ast.get_docstring(house.tree(path))
    ]
    house.require_none(wrong)


def test_no_file_names_this_machine_or_a_registry() -> None:
    wrong = []
    for path in house.tracked():
        try:
            lines = house.text(path).splitlines()
        except UnicodeDecodeError:
            continue
        wrong += [
            house.where(path, number)
            for number, line in enumerate(lines, start=1)
            if MACHINE.search(line) or REGISTRY.search(line)
        ]
    house.require_none(wrong)
