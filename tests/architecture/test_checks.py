"""The checks themselves: each sees the fault that it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from priyom.testing import documents, house
from tests.architecture.test_habits import MACHINE, REGISTRY
from tests.architecture.test_pages import INLINE, NEVER
from tests.architecture.test_rooms import _writes_of_state
from tests.architecture.test_sizes import _arguments, _functions


def _file(folder: Path, code: str) -> Path:
    path = folder / "sample.py"
    path.write_text(code, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "code",
    [
        "consultation.state = after",
        "a.state, b = 1, 2",
        "request.state += 1",
        "Slot.objects.filter(pk=1).update(state='free')",
    ],
)
def test_a_written_state_is_seen(tmp_path: Path, code: str) -> None:
    assert list(_writes_of_state(_file(tmp_path, code))) == [1]


@pytest.mark.parametrize("code", ["x = a.state", "app.state.pool = pool", "f(state=1)"])
def test_a_read_state_is_none(tmp_path: Path, code: str) -> None:
    assert not list(_writes_of_state(_file(tmp_path, code)))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("script", "<script>go()</script>"),
        ("style element", "<style>p {}</style>"),
        ("style attribute", '<p class="a" style="color: red">'),
        ("handler", '<button onclick="go()">'),
        ("script address", '<a href="javascript:go()">'),
    ],
)
def test_inline_is_seen(kind: str, text: str) -> None:
    assert INLINE[kind].search(text)
    assert not INLINE[kind].search('<script src="/static/ui/app.js" type="module"></script>')


@pytest.mark.parametrize("text", ["Ошибка 500", "Некорректные данные", "пользователь", "Готово!"])
def test_forbidden_words_are_seen(text: str) -> None:
    assert NEVER.search(text)


def test_traces_of_a_machine_are_seen() -> None:
    assert MACHINE.search("cd /" + "work/main")
    assert MACHINE.search("file:" + "///home")
    assert not MACHINE.search("home/" + "work/main")
    assert REGISTRY.search("https://" + "pypi" + ".org/simple")


def test_arguments_are_counted_without_self(tmp_path: Path) -> None:
    sample = _file(tmp_path, "def act(self, a, b, /, c, *, d=1, **more): ...")
    assert [_arguments(node) for node in _functions(sample)] == [4]


def test_floors_stand_in_order() -> None:
    assert house.may_know("chat", "consultations")
    assert house.may_know("chat", "chat")
    assert not house.may_know("chat", "calls")
    assert not house.may_know("consultations", "chat")
    with pytest.raises(LookupError):
        house.floor_of("attic")


@pytest.mark.parametrize(
    ("docstring", "term"),
    [
        ("Consultation, консультация: one patient.", "консультация"),
        ("Slot, талон (номерок): one time.", "талон"),
        ("One-time pass of the gateway, пропуск: 30 s.", "пропуск"),
        ("A thing without a Russian word.", ""),
    ],
)
def test_terms_are_read_from_docstrings(docstring: str, term: str) -> None:
    assert documents.russian_term(docstring) == term


def test_the_walk_passes_over_what_is_made_here() -> None:
    """The checks also run where there is no git: in an unpacked archive."""
    seen = {path.relative_to(house.ROOT).as_posix() for path in house.tracked()}
    assert {"priyom", "pyproject.toml", ".ci/run", "src/priyom/settings.py"} <= seen
    made = (".venv/", "var/", "node_modules/", ".git/", ".mypy_cache/")
    assert not [name for name in seen if name.startswith(made) or "__pycache__" in name]
    assert not [name for name in seen if "/vendor/" in name]
