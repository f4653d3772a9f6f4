"""Frames of the chat's socket: JSON objects told apart by `t`; no Django, no sockets.

From the client: hello, send, seen, typing, signal, ping. From the server: ready, entry, ack,
refused, marks, typing, presence, signal, state, bye, pong. `read` raises Malformed for whatever is
none of ours and Unacceptable for a message that cannot be taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

TEXT_LIMIT = 8_000
"""Bytes of UTF-8 in one message; the log refuses more by itself."""
FRAME_LIMIT = 16_384
SIGNAL_LIMIT = 65_536
FILES_LIMIT = 20
KEY_LIMIT = 64
SEQ_LIMIT = 2**31 - 1
KINDS = frozenset({"message", "file", "voice", "video"})
"""What people send by a socket; a call is an act by POST."""

REFUSALS = {
    "too_long": "Слишком длинное сообщение. Разделите его на части, до 4 000 букв в каждой.",
    "empty": "Напишите сообщение или приложите файл.",
    "closed": "Чат закрыт, написать в него уже нельзя. "
    "Если нужна ещё консультация, оставьте заявку.",
    "stranger": "Эта переписка вам больше не доступна.",
    "bad": "Сообщение не отправлено. Обновите страницу и отправьте ещё раз.",
    "slow": "Слишком много сообщений подряд. Отправим чуть позже сами.",
    "later": "Сообщение ждёт: сервер занят. Отправим чуть позже сами.",
}
"""Why a message was not taken, in words; `slow` and `later` are sent again by the page itself."""


class Malformed(ValueError):
    """Not a frame of ours: the socket is closed."""


class Unacceptable(ValueError):
    """A frame of ours with a message that cannot be taken; `code` is a key of REFUSALS."""

    def __init__(self, key: str, code: str) -> None:
        super().__init__(code)
        self.key = key
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: a one-time ticket, which chat, the last number the page has."""

    ticket: str
    consultation: UUID
    after: int


@dataclass(frozen=True, slots=True)
class Send:
    """A message under the sender's own key; repeating the key never makes a second one."""

    key: str
    kind: str
    body: str
    refers: int | None
    files: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far this page got (delivered) and how far the person read."""

    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Typing:
    """The person types; good for a few seconds."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A piece of a call's set-up for the other members; calls.wire says what `data` may be."""

    call: UUID
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    """A page asks whether the line still lives."""


Frame = Hello | Send | Seen | Typing | Signal | Ping


def read(raw: bytes) -> Frame:
    """Return the frame that a client's bytes (UTF-8 JSON) say.

    Raises Malformed, or Unacceptable with the key of the message that was refused.
    """
    try:
        told = _decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        told = _slowly(raw)
    if not isinstance(told, dict):
        raise Malformed("no object")
    kind = told.pop("t", None)
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise Malformed("unknown frame")
    if len(raw) > FRAME_LIMIT and kind != "signal":
        if kind == "send":
            raise Unacceptable(_key(told), "too_long")
        raise Malformed("too big")
    frame = parse(told)
    if told:
        raise Malformed("unknown field")
    return frame


_decode = msgspec.json.Decoder().decode


def _slowly(raw: bytes) -> object:
    """Half an emoji is JSON for a browser, not for msgspec: a message is refused, no line lost."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error


def _hello(told: dict[str, Any]) -> Hello:
    ticket = _text(told, "ticket", 200)
    return Hello(ticket, _uuid(told.pop("consultation", None)), _number(told, "after"))


def _send(told: dict[str, Any]) -> Send:
    key = _key(told)
    told.pop("k")
    kind = told.pop("kind", "message")
    body = told.pop("body", "")
    if not isinstance(kind, str) or kind not in KINDS or not isinstance(body, str):
        raise Unacceptable(key, "bad")
    try:
        size = len(body.encode())
    except UnicodeEncodeError as error:
        raise Unacceptable(key, "bad") from error
    if size > TEXT_LIMIT:
        raise Unacceptable(key, "too_long")
    # PostgreSQL's text cannot hold it, and one such message would spoil its whole batch.
    if "\x00" in body:
        raise Unacceptable(key, "bad")
    refers = told.pop("refers", None)
    files = told.pop("files", None) or []
    if not isinstance(files, list) or len(files) > FILES_LIMIT:
        raise Unacceptable(key, "bad")
    if not body.strip() and not files:
        raise Unacceptable(key, "empty")
    if refers is not None and not _is_seq(refers):
        raise Unacceptable(key, "bad")
    return Send(key, kind, body, refers, tuple(_uuid(one) for one in files))


def _seen(told: dict[str, Any]) -> Seen:
    return Seen(_number(told, "delivered"), _number(told, "read"))


def _signal(told: dict[str, Any]) -> Signal:
    data = told.pop("data", None)
    if not isinstance(data, dict):
        raise Malformed("data")
    return Signal(_uuid(told.pop("call", None)), data)


_PARSERS: dict[str, Callable[[dict[str, Any]], Frame]] = {
    "hello": _hello,
    "send": _send,
    "seen": _seen,
    "typing": lambda told: Typing(),
    "signal": _signal,
    "ping": lambda told: Ping(),
}


def _key(told: dict[str, Any]) -> str:
    key = told.get("k")
    if not isinstance(key, str) or not 0 < len(key) <= KEY_LIMIT:
        raise Malformed("k")
    if not (key.isascii() and key.isprintable()):
        raise Malformed("k")
    return key


def _text(told: dict[str, Any], name: str, limit: int) -> str:
    value = told.pop(name, None)
    if not isinstance(value, str) or not 0 < len(value) <= limit or not value.isascii():
        raise Malformed(name)
    return value


def _uuid(value: object) -> UUID:
    if not isinstance(value, str) or len(value) > 36:
        raise Malformed("uuid")
    try:
        return UUID(value)
    except ValueError as error:
        raise Malformed("uuid") from error


def _is_seq(value: object) -> bool:
    return type(value) is int and 0 <= value <= SEQ_LIMIT


def _number(told: dict[str, Any], name: str) -> int:
    value = told.pop(name, None)
    if not _is_seq(value):
        raise Malformed(name)
    assert isinstance(value, int)  # noqa: S101 - for the type checker
    return value


def frame(t: str, **fields: Any) -> str:
    """Return a server's frame as text; UUIDs become strings."""
    return _encode({"t": t, **fields}).decode()


_encode = msgspec.json.Encoder().encode


def refused(key: str | None, code: str) -> str:
    """Return the frame that says why a message was not taken."""
    return frame("refused", k=key, code=code, text=REFUSALS[code])
