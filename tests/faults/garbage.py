"""What a client can send that no page would: raw bytes, broken frames, frames with wrong fields."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from priyom.chat import wire

UUID = "018f0000-0000-7000-8000-000000000001"
GOOD: tuple[dict[str, Any], ...] = (
    {"t": "hello", "ticket": "abc", "consultation": UUID, "after": 0},
    {"t": "send", "k": "k1", "kind": "message", "body": "Кашель", "refers": None, "files": []},
    {"t": "send", "k": "k2", "kind": "file", "files": [UUID], "refers": 1},
    {"t": "seen", "delivered": 3, "read": 2},
    {"t": "typing"},
    {"t": "ping"},
    {"t": "signal", "call": UUID, "data": {"kind": "offer", "sdp": "v=0", "to": "page"}},
    {"t": "signal", "call": UUID, "data": {"kind": "candidate", "candidate": {"sdpMid": "0"}}},
)
NAMES = sorted({name for frame in GOOD for name in frame} | {"account", "side", "seq", "__class__"})

texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "\0", "\ud800", UUID, "я" * 4001, "x" * 8001, "a" * 70, "message", "1"]),
)
numbers = st.one_of(
    st.integers(),
    st.sampled_from([-1, 0, 2**31 - 1, 2**31, 2**63, 10**400]),
    st.floats(),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=25), st.dictionaries(st.sampled_from(NAMES) | texts, inner)
    ),
    max_leaves=12,
)


def plain(told: object) -> bytes:
    """Return a frame as bytes; what no text can hold stays an escape."""
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace")


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """A good frame with fields taken away, added or replaced."""
    told = dict(draw(st.sampled_from(GOOD)))
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3)):
        if draw(st.booleans()):
            told[name] = draw(values)
        else:
            told.pop(name, None)
    return plain(told)


@st.composite
def torn(draw: st.DrawFn) -> bytes:
    """A good frame with bytes changed, cut out, or put in."""
    raw = bytearray(plain(draw(st.sampled_from(GOOD))))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(raw)


frames = st.one_of(
    st.binary(max_size=200),
    bent(),
    torn(),
    values.map(plain),
    st.sampled_from([b"[" * 5000, b'{"t":' * 2000, b"1" * 5000, plain("\ufeff{}"), b"NaN"]),
    bent().map(lambda raw: raw.decode().encode("utf-16")),
    st.builds(lambda raw, n: raw + b" " * n, bent(), st.sampled_from([20_000, 70_000])),
)


def judge(raw: bytes) -> wire.Frame | None:
    """Read what a client sent; None when it was refused in one of the two ways there are.

    Whatever else is raised is a fault, and so is a frame that the log or a page cannot hold.
    """
    try:
        frame = wire.read(raw)
    except wire.Malformed:
        return None
    except wire.Unacceptable as refusal:
        wire.refused(refusal.key, refusal.code).encode()
        return None
    if isinstance(frame, wire.Send):
        assert len(frame.body.encode()) <= wire.TEXT_LIMIT
        assert "\0" not in frame.body
        assert frame.body.strip() or frame.files
        assert frame.key.isascii()
        assert frame.key.isprintable()
        assert 0 < len(frame.key) <= wire.KEY_LIMIT
        assert len(frame.files) <= wire.FILES_LIMIT
    return frame
