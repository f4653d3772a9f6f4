"""The transcript: a closed talk as people read it, as PDF/A; who, when (МСК), what, which files.

It is made from what the journal of the archive holds, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings

from priyom.chat.rules import Told, sentence
from priyom.conclusions import paper
from priyom.conclusions.queries.signed import Signed
from priyom.conclusions.rules import CONCLUSION, ConclusionState
from priyom.consultations.models import Consultation, Seal
from priyom.consultations.rules import CONSULTATION, ConsultationState, EntryKind
from priyom.kernel import words

SHEET = Path(__file__).with_name("paper") / "transcript.typ"
_LONG_AGO = date(1970, 1, 1)
"""A reader's day on which nothing is «today»: the paper is read years later."""
_SPEAKERS = {"patient": "Пациент", "doctor": "Врач", "registrar": "Регистратура", "system": ""}
_SENT = {EntryKind.VOICE: "Голосовое сообщение", EntryKind.VIDEO: "Видеосообщение"}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the talk: (number, time, who, words, files' names, whether an act wrote it)."""

    name: str
    entries: tuple[tuple[str, str, str, str, tuple[str, ...], bool], ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that is printed, already in words."""

    number: str
    place: str
    made: str
    facts: tuple[tuple[str, str], ...]
    days: tuple[Day, ...]
    files: tuple[tuple[str, str, str, str], ...]
    papers: tuple[tuple[str, str, str], ...]
    entries: int
    head: str
    manifest: str
    check_url: str


def check_url() -> str:
    """Return the address where anybody may check a manifest or a conclusion."""
    return f"{settings.PUBLIC_URL}/check/"


def transcript_of(
    talk: Consultation,
    seal: Seal,
    entries: list[dict[str, Any]],
    signed: Iterable[Signed],
    at: datetime,
) -> Transcript:
    """Return the transcript of a sealed talk made `at`; `entries` as the chain hashes them."""
    return Transcript(
        number=talk.number,
        place=talk.organisation.name,
        made=words.exact(at),
        facts=_facts(talk),
        days=tuple(_days(entries)),
        files=tuple(_file(entry, file) for entry in entries for file in entry["files"]),
        papers=tuple(_paper(one) for one in signed),
        entries=seal.entries,
        head=seal.head,
        manifest=seal.manifest_id or "",
        check_url=check_url(),
    )


def render(made: Transcript, at: datetime) -> bytes:
    """Return the PDF (PDF/A-3a, PDF/UA-1); `at` is its metadata's date."""
    return paper.typeset(SHEET, asdict(made), at, format="pdf", pdf_standards=paper.STANDARDS)[0]


def _facts(talk: Consultation) -> tuple[tuple[str, str], ...]:
    start, end = talk.began_at or talk.starts_at, talk.ended_at or talk.ends_at
    pairs = [
        ("Пациент", f"{talk.patient}, {words.numeric(talk.patient.birth_on)}"),
        ("Врач", f"{talk.doctor}, {talk.doctor.speciality.doctor}"),
        ("Время", f"{words.exact(start)} – {words.exact(end)}"),
        ("Итог", CONSULTATION.labels[ConsultationState(talk.state)]),
    ]
    if talk.complaint:
        pairs.append(("Жалоба при записи", talk.complaint))
    if talk.reason:
        pairs.append(("Причина", talk.reason))
    return tuple(pairs)


def _days(entries: list[dict[str, Any]]) -> Iterable[Day]:
    for on, those in groupby(entries, key=lambda one: words.moscow(_at(one)).date()):
        name = f"{on.day} {words.MONTHS[on.month - 1]} {on.year}"
        yield Day(name, tuple(_entry(one) for one in those))


def _entry(one: Mapping[str, Any]) -> tuple[str, str, str, str, tuple[str, ...], bool]:
    kind, at = EntryKind(one["kind"]), _at(one)
    told = sentence(kind, Told(one["body"], one["data"], at, _LONG_AGO))
    who = ", ".join(filter(None, (_SPEAKERS.get(one["side"], ""), one["name"])))
    body = "\n".join(filter(None, (told or _SENT.get(kind, ""), *_own(kind, one))))
    if one["refers"]:
        body = f"В ответ на запись {one['refers']}\n{body}"
    time = f"{words.moscow(at):%H:%M:%S}"
    names = tuple(file["name"] for file in one["files"])
    is_act = bool(told) and kind is not EntryKind.ASKED
    if is_act and who:
        body = f"{body} ({who})"
    return str(one["seq"]), time, who, body, names, is_act


def _own(kind: EntryKind, one: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words of the entry itself, unless the sentence of its act has them already."""
    has_words = kind in (EntryKind.MESSAGE, EntryKind.FILE, EntryKind.VOICE, EntryKind.VIDEO)
    return (one["body"],) if has_words or kind is EntryKind.ASKED else ()


def _file(entry: Mapping[str, Any], file: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return str(entry["seq"]), file["name"], words.size(file["size"]), file["sha256"]


def _paper(one: Signed) -> tuple[str, str, str]:
    state = CONCLUSION.labels[ConclusionState(one.state)]
    return one.number, f"{state}, {one.signer}, {words.exact(one.signed_at)}", one.file.sha256


def _at(one: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(one["at"].replace("Z", "+00:00"))
