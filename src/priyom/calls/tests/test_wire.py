"""Signals: only WebRTC's descriptions pass between the members of a call."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.calls.wire import is_signal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("data", "good"),
    [({"kind": "offer", "sdp": "v=0"}, True), ({"kind": "answer", "sdp": "v=0", "from": "a"}, True),
     ({"kind": "candidate", "candidate": None}, True),
     ({"kind": "candidate", "candidate": {"candidate": "x", "sdpMLineIndex": 0}}, True),
     ({"kind": "offer"}, False), ({"kind": "candidate"}, False), ({"kind": "shell"}, False),
     ({"kind": "offer", "sdp": "x" * 40_000}, False), ({"kind": "offer", "sdp": 1}, False),
     ({"kind": "offer", "sdp": "x", "html": "x"}, False), ({"kind": ["offer"], "sdp": "x"}, False),
     ({"kind": "candidate", "candidate": {"script": "x"}}, False),
     ({"kind": "candidate", "candidate": {"candidate": ["x"]}}, False),
     ({"kind": "offer", "sdp": "\ud800"}, False)],
)  # fmt: skip
def test_only_descriptions_of_a_call_are_relayed(data: dict[str, Any], good: bool) -> None:
    assert is_signal(data) is good


@given(st.dictionaries(st.sampled_from(["kind", "sdp", "candidate", "from", "to"]), JSON))
def test_no_signal_raises(data: dict[str, Any]) -> None:
    assert is_signal(data) in (True, False)
