"""The shelf of files that patients send: each is made once and kept the way an upload is."""

from __future__ import annotations

import io
from datetime import date

from priyom.demo import analyses, pictures, recordings
from priyom.files import actions as files
from priyom.kernel.words import numeric

_MARKS = {"thermometer": "t", "oximeter": "sat", "tonometer": "ad"}


class Shelf:
    """Makes and keeps files; the same thing with the same value is one file."""

    def __init__(self, today: date) -> None:
        self._made_on = numeric(today)
        self._kept: dict[tuple[str, str, str], str] = {}

    def take(self, thing: str, name: str, value: str) -> str:
        """Return the sha-256 of the file; `value` is what the instrument shows."""
        key = (thing, "" if thing in _MARKS else name, value if thing in _MARKS else "")
        if key not in self._kept:
            blob, _ = files.receive(io.BytesIO(self._bytes(thing, name, value)), name)
            self._kept[key] = blob.sha256
        return self._kept[key]

    def _bytes(self, thing: str, name: str, value: str) -> bytes:
        if thing == "voice":
            return recordings.voice(name.lower())
        if thing == "video":
            return recordings.video(name)
        if thing == "analysis":
            return analyses.analysis(name, "указан в личном кабинете", self._made_on)
        return pictures.photo(thing, value if thing in _MARKS else name)


def shown(thing: str, name: str, numbers: dict[str, str]) -> str:
    """Return what an instrument shows in this story: the same number that the words say."""
    if thing == "thermometer" and name == "Вечером.jpg":
        return numbers["low"]
    if thing == "tonometer" and name == "Давление сейчас.jpg":
        return numbers["ad_high"]
    return numbers.get(_MARKS.get(thing, ""), "")
