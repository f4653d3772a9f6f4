"""Floors: whatever points from one room to another points down (architecture, docs/floors.md)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from django.apps import apps

from priyom.testing import house

ALLOWED_TO_GATEWAY = (
    "priyom.gateway",
    "priyom.kernel",
    "priyom.accounts.ticket",
    "priyom.consultations.log",
    "priyom.files.store",
    "priyom.files.uploads",
    "priyom.chat.wire",
    "priyom.calls.wire",
)
POINTERS = (
    re.compile(r"{%-?\s*(?:include|extends)\s+[\"'](\w+)/"),
    re.compile(r"{%-?\s*static\s+[\"'](\w+)/"),
)


def _is_within(module: str, allowed: str) -> bool:
    """Whether a module is the allowed one, in it, or a package on the way to it."""
    return f"{module}.".startswith(f"{allowed}.") or allowed.startswith(f"{module}.")


def test_imports_go_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=house.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr


def test_gateway_imports_only_what_it_shares() -> None:
    wrong = [
        f"{house.where(path, line)} {module}"
        for path in house.code()
        if house.room_of(path) == "gateway"
        for module, line in house.imports(path)
        if module.startswith("priyom")
        and not any(
            module == allowed
            or module.startswith(f"{allowed}.")
            or allowed.startswith(f"{module}.")
            for allowed in ALLOWED_TO_GATEWAY
        )
    ]
    house.require_none(wrong)


def test_foreign_keys_go_down() -> None:
    """Read from Django itself, so that keys given as strings are seen too."""
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("priyom."):
            continue
        for field in model._meta.get_fields():
            other = getattr(field, "related_model", None)
            is_own = field.concrete or (field.many_to_many and not field.auto_created)
            if other is None or not is_own or not other.__module__.startswith("priyom."):
                continue
            room, target = model.__module__.split(".")[1], other.__module__.split(".")[1]
            if not house.may_know(room, target):
                wrong.append(f"{model.__name__}.{field.name} → {target}")
    house.require_none(wrong)


def test_templates_go_down() -> None:
    wrong = []
    for path in house.templates():
        room = house.room_of(path)
        for number, line in enumerate(house.text(path).splitlines(), start=1):
            for target in (found for pointer in POINTERS for found in pointer.findall(line)):
                if target in house.rooms() and not house.may_know(room, target):
                    wrong.append(f"{house.where(path, number)} → {target}")
    house.require_none(wrong)


def test_python_renders_templates_of_its_own_floor_or_below() -> None:
    wrong = []
    for path in house.code():
        room = house.room_of(path)
        if not room or room in house.APART:
            continue
        for node in ast.walk(house.tree(path)):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            found = re.fullmatch(r"(\w+)/[\w/.-]+\.(?:html|txt)(?:#\w+)?", node.value)
            if found and found[1] in house.rooms() and not house.may_know(room, found[1]):
                wrong.append(f"{house.where(path, node.lineno)} → {node.value}")
    house.require_none(wrong)


@pytest.mark.parametrize("room", house.rooms())
def test_rules_and_kernel_know_no_django(room: str) -> None:
    wrong = [
        f"{house.where(path, line)} {module}"
        for path in house.code()
        if house.room_of(path) == room
        and (room == "kernel" or house.module_of(path) in ("rules", "promise"))
        for module, line in house.imports(path)
        if module.split(".")[0] in ("django", "procrastinate", "psycopg")
    ]
    house.require_none(wrong)
