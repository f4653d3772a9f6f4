"""Frames: what is taken, what is refused with words, what ends the socket; no exception escapes."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.chat import wire


def read(**fields: Any) -> wire.Frame:
    return wire.read(json.dumps(fields).encode())


def test_frames_are_read() -> None:
    key = uuid4()
    assert read(t="hello", ticket="x", consultation=str(key), after=0) == wire.Hello("x", key, 0)
    assert read(t="send", k="1", body="да") == wire.Send("1", "message", "да", None, ())
    assert read(t="send", k="1", kind="file", files=[str(key)], refers=3) == wire.Send(
        "1", "file", "", 3, (key,)
    )
    assert read(t="seen", delivered=2, read=1) == wire.Seen(2, 1)
    assert read(t="typing") == wire.Typing()
    assert read(t="ping") == wire.Ping()


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"body": ""}, "empty"), ({"body": " \n"}, "empty"), ({"body": "я" * 4001}, "too_long"),
     ({"body": "x" * 20_000}, "too_long"), ({"body": "\x00"}, "bad"), ({"body": "\ud800"}, "bad"),
     ({"body": 5}, "bad"), ({"body": "x", "kind": "opened"}, "bad"),
     ({"body": "x", "kind": "call"}, "bad"), ({"body": "x", "refers": -1}, "bad"),
     ({"body": "x", "refers": True}, "bad"), ({"files": [str(uuid4())] * 21}, "bad")],
)  # fmt: skip
def test_a_message_that_cannot_be_taken_is_refused_by_its_key(
    fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(wire.Unacceptable) as refused:
        read(t="send", k="k1", **fields)
    assert (refused.value.key, refused.value.code) == ("k1", code)
    assert wire.REFUSALS[code]


@pytest.mark.parametrize(
    "fields",
    [{}, {"t": 1}, {"t": "entry"}, {"t": "send", "body": "x"}, {"t": "send", "k": "я", "body": "x"},
     {"t": "send", "k": "k" * 65, "body": "x"},
     {"t": "send", "k": "1", "body": "x", "deleted_at": 1},
     {"t": "hello", "ticket": "x", "consultation": "x", "after": 0},
     {"t": "hello", "ticket": "x", "consultation": str(uuid4()), "after": -1},
     {"t": "seen", "delivered": 1}, {"t": "seen", "delivered": 2**40, "read": 0},
     {"t": "signal", "call": str(uuid4()), "data": []}, {"t": "typing", "x": "y" * 20_000}],
)  # fmt: skip
def test_what_is_none_of_ours_is_malformed(fields: dict[str, Any]) -> None:
    with pytest.raises(wire.Malformed):
        read(**fields)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["k", "kind", "body", "refers", "files", "ticket", "consultation", "after", "delivered", "read",
     "call", "data"],
)  # fmt: skip
TYPES = st.sampled_from(["hello", "send", "seen", "typing", "signal", "ping", "entry"])


@given(st.dictionaries(NAMES, JSON | st.just(str(uuid4()))), TYPES)
def test_no_frame_raises_anything_else(fields: dict[str, Any], t: str) -> None:
    with contextlib.suppress(wire.Malformed, wire.Unacceptable):
        wire.read(json.dumps({**fields, "t": t}).encode())


@given(st.binary())
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.read(raw)
