"""Pages as their text, and forms as a browser without script would send them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.test import Client

_TAGS = re.compile(r"<(script|style|template)\b.*?</\1>|<[^>]+>", re.DOTALL)


@dataclass
class Form:
    """One form of a page: where it goes and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, str]
    words: str = ""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(told.get("action", ""), told.get("method", "get").lower(), {})
            self.found.append(self.open)
        elif self.open is not None and told.get("name"):
            is_choice = told.get("type") in ("radio", "checkbox")
            if not is_choice or told["name"] not in self.open.fields:
                self.open.fields[told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None

    def handle_data(self, data: str) -> None:
        if self.open is not None:
            self.open.words += data


def text_of(answer: Any) -> str:
    """Return what a person reads on a page that came."""
    assert answer.status_code == 200, (answer.status_code, answer.headers.get("Location"))
    return " ".join(unescape(_TAGS.sub(" ", answer.content.decode())).replace("\xa0", " ").split())


def read(browser: Client, path: str) -> str:
    """Open a page and return its text."""
    return text_of(browser.get(path))


def forms(browser: Client, path: str) -> list[Form]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(browser.get(path).content.decode())
    return parser.found


def press(browser: Client, path: str, action: str, **fields: str) -> Any:
    """Find the form that goes to `…action` on a page, fill it and send it, as without script."""
    every = forms(browser, path)
    mine = [one for one in every if one.action.endswith(action)]
    assert mine, (action, [one.action for one in every])
    assert mine[0].method == "post"
    assert mine[0].fields.get("csrfmiddlewaretoken"), "a form without its secret"
    unknown = set(fields) - set(mine[0].fields)
    assert not unknown, f"the form has no field {unknown}"
    return browser.post(mine[0].action, mine[0].fields | fields)
