"""Indexes outside this base behind one interface: none (the default), or FHIR's PDQm over HTTP.

Whoever is asked gets two seconds in all and a pause after three failures in a row: a registrar
works on with this base. What is sought stands in bodies, never in an address or a log line.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from threading import Lock
from time import monotonic
from typing import Protocol
from urllib.parse import quote, urlsplit

import requests
from django.conf import settings

from priyom.patients import pdqm
from priyom.patients.pdqm import Stranger
from priyom.patients.understand import Query, QueryKind

LOG = logging.getLogger("priyom.patients")
LIMIT = timedelta(seconds=2)
"""A whole question and answer, whatever the other side does."""
LARGEST = 1_000_000
"""Bytes of an answer: twenty cards have a fiftieth of it."""
FAILURES = 3
PAUSE = timedelta(seconds=30)
_POOL = ThreadPoolExecutor(4, thread_name_prefix="outside")


class State(StrEnum):
    """What came of asking."""

    NOT_ASKED = "not_asked"
    ANSWERED = "answered"
    TOO_MANY = "too_many"
    SILENT = "silent"


@dataclass(frozen=True)
class Answer:
    """Whom the other index knows."""

    state: State
    strangers: tuple[Stranger, ...] = ()


class Silent(Exception):
    """No answer in time, or none that was agreed on; the text names no person."""


class OutsideIndex(Protocol):
    """Another index of patients. `name` is Russian, `source` the domain of its numbers."""

    name: str
    source: str

    def asks(self, query: Query) -> bool:
        """Tell whether it would be asked for this at all."""

    def find(self, query: Query, organisation: str) -> Answer:
        """Return whom it knows, likeliest first; never raises. `organisation` is our МО's OID."""

    def read(self, number: str) -> Stranger | None:
        """Return one card by its number, None when there is none. Raises Silent."""


def current() -> OutsideIndex:
    """Return the index of this installation."""
    if not settings.INDEX_URL:
        return Nowhere()
    source = settings.INDEX_SYSTEM or urlsplit(settings.INDEX_URL).netloc
    return Pdqm(settings.INDEX_URL, settings.INDEX_AUTHORIZATION, settings.INDEX_NAME, source)


class Nowhere:
    """This base is all there is."""

    name = source = ""

    def asks(self, query: Query) -> bool:
        """Return False."""
        return False

    def find(self, query: Query, organisation: str) -> Answer:
        """Return that nobody was asked."""
        return Answer(State.NOT_ASKED)

    def read(self, number: str) -> Stranger | None:
        """Return None."""
        return None


class Patience:
    """How often in a row an index has failed in this process, and until when it is left alone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._until = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the index is left alone now."""
        return monotonic() < self._until

    def keep(self, *, failed: bool) -> None:
        """Count an answer, or a failure; the one after the pause may fail once only."""
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= FAILURES:
                self._until = monotonic() + PAUSE.total_seconds()


_PATIENCE: dict[str, Patience] = {}


class Pdqm:
    """A FHIR R4 server with IHE's PDQm: search by identifier or name, $match by name and birth."""

    def __init__(self, url: str, authorization: str, name: str, source: str) -> None:
        self.url = url
        self.name = name
        self.source = source
        self._authorization = authorization
        self._patience = _PATIENCE.setdefault(url, Patience())

    def asks(self, query: Query) -> bool:
        """Tell whether a person is meant: a number, or family, given name and year at the least."""
        if query.kind is QueryKind.NUMBER:
            return bool(pdqm.identifiers(query))
        is_person = query.kind is QueryKind.PERSON and bool(query.readings)
        return is_person and len(query.readings[0].given) > 1 and bool(query.year or query.born)

    def find(self, query: Query, organisation: str) -> Answer:
        """Return whom it knows; see OutsideIndex."""
        if not self.asks(query):
            return Answer(State.NOT_ASKED)
        try:
            if query.kind is QueryKind.PERSON and query.born:
                body = pdqm.match_body(query, organisation)
                status, text = self._ask("Patient/$match", body, pdqm.FHIR)
            else:
                form = pdqm.search_form(query)
                status, text = self._ask("Patient/_search", form, pdqm.FORM)
            return self._answer(status, text)
        except (Silent, pdqm.Unreadable) as error:
            LOG.warning("the outside index does not answer as agreed: %s", error)
            return Answer(State.SILENT)

    def read(self, number: str) -> Stranger | None:
        """Return one card; see OutsideIndex."""
        status, text = self._ask(f"Patient/{quote(number, safe='')}")
        if status in (404, 410):
            return None
        if status != 200:
            raise Silent(f"status {status}")
        try:
            return pdqm.patient(text)
        except pdqm.Unreadable as error:
            raise Silent(str(error)) from error

    def _answer(self, status: int, text: bytes) -> Answer:
        if status == 200:
            return Answer(State.ANSWERED, pdqm.found(text))
        code = pdqm.issue(text)
        if code == "too-costly":
            return Answer(State.TOO_MANY)
        raise Silent(f"status {status}, {code}")

    def _ask(self, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        """Return status and body. Raises Silent."""
        if self._patience.is_over:
            raise Silent("left alone after failures in a row")
        headers = {"Authorization": self._authorization, "Accept": pdqm.FHIR}
        headers |= {"Content-Type": kind} if kind else {}
        work = _POOL.submit(_send, f"{self.url}/{path}", headers, body)
        try:
            status, text = work.result(LIMIT.total_seconds())
        except (TimeoutError, requests.RequestException, Silent) as error:
            work.cancel()
            self._patience.keep(failed=True)
            raise Silent(type(error).__name__) from None  # its own text would name the address
        self._patience.keep(failed=status >= 500 or status in (401, 403))
        return status, text


def _send(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Send one request; end it when its time is over, though bytes still trickle in."""
    ends = monotonic() + LIMIT.total_seconds()
    method = "POST" if body else "GET"
    with requests.request(
        method, url, headers=dict(headers), data=body or None, stream=True,
        timeout=(1, LIMIT.total_seconds()), allow_redirects=False,
    ) as answer:  # fmt: skip
        text = bytearray()
        for piece in answer.iter_content(65_536):
            text += piece
            if len(text) > LARGEST or monotonic() > ends:
                raise Silent("too long")
        return answer.status_code, bytes(text)
