"""Ways to a registry behind one interface: none, a folder that others empty, or HTTP.

Each takes the same document any number of times: its key says that it is the same.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import requests
from django.conf import settings

from priyom.registry.envelope import Envelope, Withdrawal
from priyom.registry.rules import RegistrationState

_TIMEOUT = (3, 15)
_LARGEST = 100_000
_TAKEN, _WAITS, _ABSENT, _NOT_TAKEN = (200, 201), 202, 404, (400, 409, 413, 422)
_REASON = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a document: accepted with its number, refused with why, or sent."""

    state: RegistrationState
    number: str = ""
    reason: str = ""


class Silent(Exception):
    """No answer, or none that was agreed on: the same document is sent again later."""


class Channel(Protocol):
    """A way to a registry."""

    def deliver(self, envelope: Envelope) -> Answer:
        """Hand a document over; the same one again is answered as the first. Raises Silent."""

    def withdraw(self, withdrawal: Withdrawal) -> Answer:
        """Tell that a document is withdrawn; again is answered as the first. Raises Silent."""

    def ask(self, key: UUID, document: UUID | None = None) -> Answer:
        """Return what became of what was handed over under a key. Raises Silent.

        `document` is the key of the document when it was the withdrawal of one.
        """

    def knows(self, key: UUID) -> bool:
        """Tell whether a document arrived, though its answer may be lost. Raises Silent."""


def current() -> Channel | None:
    """Return the way of this installation, None when there is no registry."""
    if not settings.REGISTRY_URL:
        return None
    if settings.REGISTRY_URL.startswith("/"):
        return Folder(Path(settings.REGISTRY_URL))
    return Http(settings.REGISTRY_URL, settings.REGISTRY_AUTHORIZATION)


class Folder:
    """A folder for each document, whole at once; an answer lies beside it as `answer.json`.

    `<folder>/<key>/envelope.json, document.xml, document.<role>.sig`, or `withdrawal.json` alone,
    which names its document; an answer is `{"number": "…"}` or `{"reason": "…"}`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, envelope: Envelope) -> Answer:
        """Write it under another name, then rename: nobody meets half a document."""
        return self._handed(
            envelope.key,
            {
                "envelope.json": _written(envelope.about()),
                "document.xml": envelope.xml,
                **{f"document.{role}.sig": cms for role, cms in envelope.signatures.items()},
            },
        )

    def withdraw(self, withdrawal: Withdrawal) -> Answer:
        """Write it as a document is written."""
        return self._handed(withdrawal.key, {"withdrawal.json": _written(withdrawal.about())})

    def ask(self, key: UUID, document: UUID | None = None) -> Answer:
        """Read the answer, if somebody wrote one."""
        try:
            told = json.loads((self.folder / str(key) / "answer.json").read_bytes())
        except FileNotFoundError:
            return Answer(RegistrationState.SENT)
        except (OSError, ValueError) as error:
            raise Silent(type(error).__name__) from error
        return _told(told)

    def knows(self, key: UUID) -> bool:
        """Look whether it stands there."""
        if not self.folder.is_dir():
            raise Silent("no folder")
        return (self.folder / str(key)).is_dir()

    def _handed(self, key: UUID, parts: Mapping[str, bytes]) -> Answer:
        place = self.folder / str(key)
        try:
            if not place.is_dir():
                self._write(place, parts)
        except OSError as error:
            raise Silent(type(error).__name__) from error
        return self.ask(key)

    def _write(self, place: Path, parts: Mapping[str, bytes]) -> None:
        draft = self.folder / f".{place.name}.part"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        for name, content in parts.items():
            with (draft / name).open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        # Two workers at once: the second finds the folder of the first, with the same content.
        with suppress(FileExistsError):
            draft.rename(place)
        _sync(self.folder)


class Http:
    """PUT as JSON under the document's key; 202 means that the answer comes later.

    A withdrawal goes to `<key>/withdrawal`.
    """

    def __init__(self, url: str, authorization: str) -> None:
        self.url, self.authorization = url.rstrip("/"), authorization

    def deliver(self, envelope: Envelope) -> Answer:
        """Send it; a repeat is answered as the first was."""
        return self._answer("PUT", str(envelope.key), envelope.as_json())

    def withdraw(self, withdrawal: Withdrawal) -> Answer:
        """Tell it; a repeat is answered as the first was."""
        return self._answer("PUT", f"{withdrawal.document}/withdrawal", withdrawal.about())

    def ask(self, key: UUID, document: UUID | None = None) -> Answer:
        """Ask what became of it."""
        return self._answer("GET", f"{document}/withdrawal" if document else str(key), None)

    def knows(self, key: UUID) -> bool:
        """Ask for it; 404 is no."""
        status, _ = self._asked("GET", str(key), None)
        if status not in (*_TAKEN, _WAITS, *_NOT_TAKEN, _ABSENT):
            raise Silent(f"status {status}")
        return status != _ABSENT

    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        status, text = self._asked(method, path, body)
        if status == _WAITS:
            return Answer(RegistrationState.SENT)
        if status not in _TAKEN and status not in _NOT_TAKEN:
            raise Silent(f"status {status}")
        try:
            told = _told(json.loads(text))
        except ValueError as error:
            raise Silent("no JSON") from error
        if (told.state is RegistrationState.ACCEPTED) is not (status in _TAKEN):
            raise Silent(f"status {status} with another answer")
        return told

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, bytes]:
        headers = {"Authorization": self.authorization} if self.authorization else {}
        try:
            with requests.request(
                method, f"{self.url}/{path}", json=body, headers=headers, timeout=_TIMEOUT,
                allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                return answer.status_code, answer.raw.read(_LARGEST, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise Silent(type(error).__name__) from error


def _written(told: Mapping[str, str]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _told(answer: Any) -> Answer:
    """Return an answer as it is kept; raises Silent for one that says neither yes nor no."""
    number = answer.get("number") if isinstance(answer, dict) else None
    reason = answer.get("reason") if isinstance(answer, dict) else None
    if isinstance(number, str) and 0 < len(number) <= 100:
        return Answer(RegistrationState.ACCEPTED, number=number)
    if isinstance(reason, str) and reason:
        return Answer(RegistrationState.REFUSED, reason=reason[:_REASON])
    raise Silent("neither number nor reason")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
