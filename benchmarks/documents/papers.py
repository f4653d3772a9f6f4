"""Conclusions through our own acts, and the limit of each step."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import typst
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from priyom.cli import console
from priyom.conclusions import actions, paper, queries
from priyom.consultations import actions as consultations
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.cast import Cast, gather

SENTENCE = "Боль в горле усиливается при глотании, температура к вечеру поднимается до 37,8. "
LENGTHS = (1, 4, 4, 12, 12, 12, 40, 40, 90, 120)
"""Sentences in the long fields: most conclusions are half a page or a page, a few have nine."""
PAGE = b'#set document(title: "Page")\n= Page'
STEPS = ("form", "sign", "verify")


@dataclass
class Made:
    """Milliseconds of each step and of its limit, and how large the papers are."""

    spent: dict[str, list[float]] = field(default_factory=lambda: {one: [] for one in STEPS})
    limits: dict[str, list[float]] = field(default_factory=lambda: {one: [] for one in STEPS})
    pdf: list[float] = field(default_factory=list)
    """The PDF alone: what is in `form` beside the database and the file."""
    sizes: list[float] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each step: p50, p95, the limit's p50 and the ratio of both."""
        told = []
        for name, spent, limit in (
            ("pdf", self.pdf, self.limits["form"]),
            *((one, self.spent[one], self.limits[one]) for one in STEPS),
        ):
            p50, bare = statistics.median(spent), statistics.median(limit)
            told.append(
                {"step": name, "p50": p50, "p95": _p95(spent), "limit": bare, "ratio": p50 / bare}
            )
        return told

    def show(self) -> None:
        """Print the table."""
        console.say(f"\n{len(self.pdf)} conclusions, median {_kb(self.sizes):.0f} kB; milliseconds")
        console.say(f"{'step':<10}{'p50':>9}{'p95':>9}{'limit':>9}{'ratio':>9}")
        for row in self.rows():
            figures = "".join(f"{row[name]:>9.2f}" for name in ("p50", "p95", "limit", "ratio"))
            console.say(f"{row['step']:<10}{figures}")

    def line(self) -> dict[str, float]:
        """Return what the last line says."""
        named = {row["step"]: row for row in self.rows()}
        return {f"{name}_p95_ms": named[name]["p95"] for name in ("pdf", "form", "sign", "verify")}


def run(count: int) -> Made:
    """Return the times of `count` conclusions of one doctor, made one after another."""
    made, cast = Made(), gather()
    bare = _Bare()
    bare.warm()
    for number in range(count + 1):
        spent = _one(cast, number)
        if not number:
            continue  # the first one loads fonts and makes the demo's certificates
        made.sizes.append(spent.pop("size"))
        made.pdf.append(spent.pop("pdf"))
        for name, took in spent.items():
            made.spent[name].append(took)
        for name, limit in bare.steps().items():
            made.limits[name].append(limit)
    return made


def _one(cast: Cast, number: int) -> dict[str, float]:
    """Form, sign and check one conclusion; return milliseconds, and the size in bytes."""
    sentences = LENGTHS[number % len(LENGTHS)]
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=number + 1)
    (at,) = builders.slots(cast.boris.doctor, begins=begins)
    card = builders.patient(
        ("Иванова", "Анна", "Петровна"), cast.anna.card.birth_on, "f", cast.clinic
    )
    row = cast.consultation(of=card, at=at)
    with clock.frozen(row.starts_at + timedelta(minutes=1)):
        doctor = cast.boris.actor
        consultations.begin(doctor, row.pk)
        text = SENTENCE * sentences
        values = {
            "complaints": text, "anamnesis": text, "temperature": "37,8 37,2", "opinion": text,
            "diagnosis": "J06.9 ОРВИ", "recommendations": text,
        }  # fmt: skip
        saved = actions.save(doctor, row.pk, values, 0)
        pdf = _took(lambda: queries.preview(doctor, row.pk))
        form = _took(lambda: actions.form(doctor, row.pk, saved.revision))
        formed = queries.latest(row.pk)
        if formed is None or formed.formed_pdf is None:
            raise RuntimeError("nothing was formed")
        sign = _took(lambda: actions.sign(doctor, row.pk, formed.formed_pdf_id or ""))
        verify = _took(lambda: _genuine(formed.check_code))
        size = formed.formed_pdf.size
    return {"pdf": pdf, "form": form, "sign": sign, "verify": verify, "size": size}


def _genuine(code: str) -> None:
    found = queries.genuine(code)
    if found is None or found.answer != "genuine":
        raise RuntimeError("a conclusion that was just signed is not genuine")


class _Bare:
    """The least that each step must do: an empty page set, one digest signed and verified."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.body = bytes(60_000)

    def warm(self) -> None:
        """Load what is loaded once."""
        self.steps()

    def steps(self) -> dict[str, float]:
        """Return milliseconds of each step's limit."""
        signed: list[bytes] = []
        how = ec.ECDSA(hashes.SHA256())
        form = _took(lambda: typst.compile(PAGE, **_BARE))
        sign = _took(lambda: signed.append(self.key.sign(self.body, how)))
        public = self.key.public_key()

        def verify() -> None:
            hashlib.sha256(self.body).digest()
            public.verify(signed[0], self.body, how)

        return {"form": form, "sign": sign, "verify": _took(verify)}


_BARE: dict[str, Any] = {
    "pdf_standards": paper.STANDARDS, "timestamp": 0,
    "font_paths": [str(paper.FONTS)], "ignore_system_fonts": True,
}  # fmt: skip


def _took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _kb(sizes: list[float]) -> float:
    return statistics.median(sizes) / 1000
