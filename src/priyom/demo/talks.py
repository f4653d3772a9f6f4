"""The texts of talks/*.txt: who says what, and the conclusion that follows (talks/README.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("talks")
_PAIR = re.compile(r"[\[<]([^\[\]<>|]*)\|([^\[\]<>|]*)[\]>]")
_WHO = {"П": "patient", "В": "doctor"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `who` patient or doctor; `kind` say, ask, file, call; `thing` file or outcome."""

    who: str
    kind: str
    text: str
    thing: str = ""


@dataclass
class Talk:
    """A talk by its name; `code` is the speciality's, `only` whom it is written for."""

    name: str
    code: str
    only: str = ""
    complaints: list[tuple[str, str]] = field(default_factory=list)
    """("" or the sex it is for, text)."""
    lines: list[Line] = field(default_factory=list)
    paper: dict[str, str] = field(default_factory=dict)


def said(text: str, numbers: dict[str, str], speaker: str, patient: str) -> str:
    """Return a text with its numbers and with words that agree with the speaker and the patient.

    `speaker` and `patient` are m or f.
    """

    def agree(found: re.Match[str]) -> str:
        sex = speaker if found[0][0] == "[" else patient
        return found[1 if sex == "m" else 2]

    agreed = _PAIR.sub(agree, text)
    for name, value in numbers.items():
        agreed = agreed.replace("{" + name + "}", value)
    return agreed


@cache
def talks() -> tuple[Talk, ...]:
    """Return all talks, in the order of the files."""
    found: list[Talk] = []
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("== ")[1:]:
            found.append(_talk(block))
    return tuple(found)


def talks_of(field_code: str) -> tuple[Talk, ...]:
    """Return the talks of a speciality that anybody may have."""
    return tuple(talk for talk in talks() if talk.code == field_code and not talk.only)


def talk_named(name: str) -> Talk:
    """Return the talk of that name."""
    return next(talk for talk in talks() if talk.name == name)


def _talk(block: str) -> Talk:
    head, *lines = block.strip().splitlines()
    name, code = (part.strip() for part in head.split("|"))
    talk = Talk(name, code)
    section = ""
    for text in lines:
        if not text.strip():
            continue
        if text.startswith("."):
            section, _, rest = text[1:].partition(" ")
            talk.paper[section] = rest.strip()
        elif section:
            talk.paper[section] = f"{talk.paper[section]}\n{text.strip()}".strip()
        elif text.startswith("~"):
            talk.only = text[1:].strip()
        elif text.startswith("?"):
            sex, _, complaint = text[1:].partition(" ")
            talk.complaints.append((sex, complaint.strip()))
        else:
            talk.lines.append(_line(text))
    return talk


def _line(text: str) -> Line:
    head, _, rest = text.partition(":")
    rest = rest.strip()
    if head == "З":
        return Line("doctor", "call", "", rest)
    who, _, thing = head.rstrip("?").partition("@")
    kind = "file" if thing else "ask" if head.endswith("?") else "say"
    return Line(_WHO[who], kind, rest, thing)
