"""Who types before a page's scripts have come loses nothing."""

from __future__ import annotations

import pytest

from priyom.chat.tests.scene import Scene

pytestmark = pytest.mark.journeys
BOUND_LATE = """async (typed) => {
    const { default: bind } = await import("/static/ui/behaviours/autosubmit.js");
    const [form, field] = ["form", "input"].map((name) => document.createElement(name));
    field.type = "search";
    form.append(field);
    document.body.append(form);
    field.value = typed;
    return new Promise((done) => {
        form.addEventListener("submit", (event) => { event.preventDefault(); done(true); });
        bind(form, { signal: new AbortController().signal });
        setTimeout(() => done(false), 1000);
    });
}"""


def test_what_was_typed_before_the_script_came_is_searched_for(scene: Scene) -> None:
    assert scene.boris.evaluate(BOUND_LATE, "Иванова")
    assert not scene.boris.evaluate(BOUND_LATE, ""), "an untouched form is left alone"
