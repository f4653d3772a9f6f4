"""The paper of a conclusion: frozen data in, PDF/A-3a + PDF/UA-1 bytes out; no Django, no rows.

The words of people reach typst as JSON only, so they print as they stand and can run nothing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import local
from typing import Any

import segno
import typst

FOLDER = Path(__file__).with_name("paper")
TEMPLATE = FOLDER / "conclusion.typ"
FONTS = FOLDER / "fonts"
STANDARDS = ["a-3a", "ua-1"]
UNKNOWN = "\N{WHITE SQUARE}"
"""Stands for a sign that no font of ours has, such as an emoji from the chat."""
_THREAD = local()
_LONGEST_WORD = 32
_TRIES = 12
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """The МО in the paper's head."""

    name: str
    address: str
    phone: str
    licence: str
    oid: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The signature's block; known before signing, because the bytes must not change after."""

    owner: str
    issuer: str
    serial: str
    since: str
    until: str
    note: str = ""
    """What is said of a trial signature."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is printed, already in words (kernel.words); empty texts leave no trace."""

    number: str
    formed: str
    place: Place
    patient: tuple[tuple[str, str], ...]
    visit: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, str], ...]
    plots: tuple[tuple[str, str, tuple[tuple[tuple[float, float], ...], ...]], ...]
    """Measures with several values: (label, values in words, lines of points from 0 to 1)."""
    diagnosis_code: str
    diagnosis: str
    nature: str
    further: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Other diagnoses: («Осложнения», ((code, words), …))."""
    is_preliminary: bool
    diagnosis_note: str
    advice: tuple[tuple[str, str], ...]
    """Sections after the diagnosis, recommendations first."""
    urgent: str
    stamp: Stamp
    check_url: str
    check_code: str
    version_note: str = ""
    watermark: str = ""


def render(paper: Paper, at: datetime, xml: bytes = b"") -> bytes:
    """Return the PDF. `at` (aware) is its metadata's date: the same data give the same bytes.

    `xml` is attached as what the page shows in another form (PDF/A-3, AFRelationship Alternative).
    """
    return _compile(paper, at, xml, format="pdf", pdf_standards=STANDARDS)[0]


def pictures(paper: Paper, at: datetime) -> list[bytes]:
    """Return the pages as PNG, for tests and for whoever designs the paper."""
    return _compile(paper, at, format="png", ppi=96)


def _compile(paper: Paper, at: datetime, xml: bytes = b"", **options: Any) -> list[bytes]:
    told = {**asdict(paper), "qr": _qr(paper.check_url)}
    return typeset(TEMPLATE, told, at, xml=xml.decode(), **options)


def typeset(
    sheet: Path, told: Mapping[str, Any], at: datetime, *, xml: str = "", **options: Any
) -> list[bytes]:
    """Return what typst makes of a sheet (.typ) and its data; `options` are typst's own.

    Signs that no font has become squares. Other rooms' sheets stand in folders of their own.
    """
    data: Any = _each_text(told, _printable)
    for attempt in range(_TRIES):
        try:
            made = _compiler(sheet).compile(
                sys_inputs={"data": json.dumps(data, ensure_ascii=False), "xml": xml},
                timestamp=int(at.timestamp()),
                **options,
            )
            return made if isinstance(made, list) else [made or b""]
        except typst.TypstError as error:
            refused = _REFUSED.search(str(error))
            if refused is None:
                raise
            signs = set(refused.group(1))
            plain = attempt >= _TRIES // 2

            def known(text: str, signs: set[str] = signs, plain: bool = plain) -> str:
                return "".join(
                    UNKNOWN if sign in signs or (plain and ord(sign) > 0x4FF) else sign
                    for sign in text
                )

            data = _each_text(data, known)
    raise ValueError("the paper cannot be set with the fonts at hand")


def _compiler(sheet: Path) -> typst.Compiler:
    """Return this thread's own compiler: it has read template and fonts, half of a paper's time."""
    own: dict[Path, typst.Compiler] = _THREAD.__dict__.setdefault("compilers", {})
    if sheet not in own:
        own[sheet] = typst.Compiler(
            str(sheet), root=str(sheet.parent), font_paths=[str(FONTS)], ignore_system_fonts=True
        )
    return own[sheet]


def _each_text(value: object, change: Callable[[str], str]) -> object:
    """Return the data with every text changed but the QR picture and the link."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_each_text(one, change) for one in value]
    if isinstance(value, Mapping):
        kept = ("qr", "check_url")
        return {k: v if k in kept else _each_text(v, change) for k, v in value.items()}
    return value


def _is_hidden(sign: str) -> bool:
    """Whether it is a control, direction or private sign, or none at all."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn")


_NEAR = "".join(chr(code) for code in range(0x2E80) if code not in (9, 10))
_HIDDEN = "".join(re.escape(sign) for sign in _NEAR if _is_hidden(sign))
_STRANGE = re.compile(f"[{_HIDDEN}\u2e80-\U0010ffff]")
"""Hidden signs, and what is beyond the alphabets that our fonts have."""
_LONG = re.compile(rf"(\S{{{_LONGEST_WORD}}})(?=\S)")


def _printable(text: str) -> str:
    """Drop control and direction signs, show unknown ones as squares, let long runs break."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\t", " ")
    kept = _STRANGE.sub(lambda sign: "" if _is_hidden(sign[0]) else UNKNOWN, text)
    if max(map(len, kept.split()), default=0) <= _LONGEST_WORD:
        return kept
    return _LONG.sub("\\1\N{ZERO WIDTH SPACE}", kept)


@lru_cache(maxsize=64)
def _qr(url: str) -> str:
    out = BytesIO()
    # Cameras read any mask; to look for the prettiest of eight takes four fifths of the time.
    segno.make(url, error="m", micro=False, mask=3).save(
        out, kind="svg", border=0, xmldecl=False, svgns=True
    )
    return out.getvalue().decode()
