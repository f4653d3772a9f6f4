"""Documents that must agree with the code: settings, glossary, floors and states."""

from __future__ import annotations

import re

from django.apps import apps

from priyom.testing import documents, house

SETTING = re.compile(r"[\"'](PRIYOM_[A-Z_]+)[\"']")


def _document(name: str) -> str:
    path = house.ROOT / "docs" / name
    return house.text(path) if path.is_file() else ""


def test_each_setting_is_documented() -> None:
    described = set(re.findall(r"PRIYOM_[A-Z_]+", _document("operations.md")))
    read = {
        name
        for path in house.code()
        if not house.is_test(path)
        for name in SETTING.findall(house.text(path))
    }
    house.require_none(f"docs/operations.md does not name {name}" for name in read - described)


def test_each_model_says_its_russian_word_and_the_glossary_knows_it() -> None:
    glossary = _document("glossary.md").lower()
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("priyom."):
            continue
        term = documents.russian_term(model.__doc__ or "")
        if not term:
            wrong.append(f"{model.__module__}.{model.__name__} begins without «Term, термин»")
        elif term.lower() not in glossary:
            wrong.append(f"docs/glossary.md does not know «{term}» ({model.__name__})")
    house.require_none(wrong)


def test_floors_are_drawn_as_they_are() -> None:
    assert _document("floors.md") == documents.floors(), documents.HOW


def test_states_are_drawn_as_they_are() -> None:
    assert _document("states.md") == documents.states(), documents.HOW


def test_each_act_has_a_button_or_a_job() -> None:
    house.require_none(
        f'{act.name}: no button says data-act="{act.name}" and no Offer makes it'
        for act in documents.acts()
        if not act.is_automatic and not act.pages
    )


def test_each_act_has_a_test() -> None:
    house.require_none(
        f'{act.name}: no test is marked @pytest.mark.act("{act.name}")'
        for act in documents.acts()
        if not act.tests
    )
