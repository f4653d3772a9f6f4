"""Cards are changed by one function alone: whoever changes one otherwise leaves no history."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from priyom.testing import house

WRITES = {"save", "delete", "update", "bulk_update", "update_or_create"}
KEYS = {"patient", "person", "merged_into", "survivor", "merged"}
"""Foreign keys that lead to a card."""
Makers = dict[str, tuple[bool, ...]]
"""Function → which of the things in its answer are cards, () when it is one thing."""
SQL = re.compile(r"(UPDATE|DELETE FROM)\s+\"?patients_patient\b", re.IGNORECASE)


def _is_card(note: ast.expr | None) -> bool:
    return note is not None and re.search(r"\bPatient\b", ast.unparse(note)) is not None


def _functions(tree: ast.Module) -> Makers:
    """Return the functions that answer with a card, or with several things of which some are."""
    defined = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {node.name: _places(node.returns) for node in defined if _is_card(node.returns)}


def _imported(tree: ast.Module, makers: Makers) -> Makers:
    """Return those of the room's functions that a module of another room has by name."""
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("priyom.patients")
        for alias in node.names
    }
    return {name: places for name, places in makers.items() if name in names}


def _places(note: ast.expr | None) -> tuple[bool, ...]:
    if not isinstance(note, ast.Subscript) or ast.unparse(note.value) != "tuple":
        return ()
    return tuple(map(_is_card, note.slice.elts)) if isinstance(note.slice, ast.Tuple) else ()


def _given(target: ast.expr, value: ast.expr, makers: Makers) -> set[str]:
    """Return the names that get a card by an assignment."""
    text = ast.unparse(value)
    called = re.match(r"(?:\w+\.)*(\w+)\(", text)
    if text.startswith("Patient.objects"):
        return _named(target)
    if called is None or called[1] not in makers:
        return set()
    places = makers[called[1]]
    if isinstance(target, ast.Tuple) and len(target.elts) == len(places):
        pairs = zip(target.elts, places, strict=True)
        return {name for one, is_card in pairs if is_card for name in _named(one)}
    return _named(target)


def _cards(tree: ast.Module, makers: Makers) -> set[str]:
    """Return the names in a module that hold a card."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and _is_card(node.annotation):
            found.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and _is_card(node.annotation):
            found |= _named(node.target)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                found |= _given(target, node.value, makers)
        elif isinstance(node, ast.For | ast.comprehension):
            found |= _given(node.target, node.iter, makers)
    return found


def _named(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def changes(tree: ast.Module, makers: Makers) -> Iterator[int]:
    """Yield the lines of a module that change a card."""
    cards = _cards(tree, makers)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if SQL.search(node.value):
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value
            is_card = (isinstance(on, ast.Name) and on.id in cards) or (
                isinstance(on, ast.Attribute) and on.attr in KEYS
            )
            if node.func.attr in WRITES and (is_card or "Patient.objects" in ast.unparse(on)):
                yield node.lineno


def test_cards_are_changed_by_one_function_alone() -> None:
    paths = [path for path in house.code() if house.room_of(path) != "demo"]
    ours = [path for path in paths if house.room_of(path) == "patients"]
    makers = {
        name: places for path in ours for name, places in _functions(house.tree(path)).items()
    }
    found = []
    for path in paths:
        known = makers if path in ours else _imported(house.tree(path), makers)
        own = _functions(house.tree(path))
        found += [house.where(path) for _ in changes(house.tree(path), known | own)]
    found += [house.where(path) for path in house.files(".sql") if SQL.search(house.text(path))]
    assert found == ["src/priyom/patients/actions/history.py"]


@pytest.mark.parametrize(
    "wrong",
    [
        "def act(one: Patient) -> None:\n    one.save()",
        "row = locked(key)\nrow.save(update_fields=['died_on'])",
        "kept, gone = both(1, 2)\ngone.delete()",
        "Patient.objects.filter(\n    id=1\n).update(died_on=None)",
        "for row in Patient.objects.all():\n    row.save()",
        "consultation.patient.save()",
        "cursor.execute('update patients_patient SET died_on = NULL')",
    ],
)
def test_the_check_sees(wrong: str) -> None:
    assert list(changes(ast.parse(wrong), {"locked": (), "both": (True, True)}))
