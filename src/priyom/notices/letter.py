"""A letter as people get it: one column, one button, the text version says the same.

Callers give neutral words; nothing medical may stand in a letter (process.md step 3).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string

SUBJECT_LIMIT = 200


def one_line(text: str) -> str:
    """Return the text without line breaks and control signs: a header cannot be injected."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out: subject (one line), plain text, HTML, and an iCalendar text if any."""

    subject: str
    text: str
    html: str
    calendar: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", one_line(self.subject)[:SUBJECT_LIMIT])


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says. `facts` are (label, value) pairs, `button` a label, `url` its address."""

    subject: str
    lead: str
    sender: str
    """Who writes: the МО and its phone, for the last line."""
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    button: str = ""
    url: str = ""
    after: tuple[str, ...] = ()


def compose(words: Words, calendar: str = "") -> Letter:
    """Return the letter in both versions from the same words."""
    context = {"words": words}
    return Letter(
        subject=words.subject,
        text=render_to_string("notices/letter.txt", context).strip() + "\n",
        html=render_to_string("notices/letter.html", context),
        calendar=calendar,
    )
