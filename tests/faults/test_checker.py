"""The checker itself: clean runs are clean, and each fault turns its own verdict red."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.checker import Ack, Attempt, Close, Delivery, History, Stored, check


class Run:
    """A clean run of one chat: `count` messages of Анна, two readers, closed at its last number."""

    def __init__(self, count: int = 4) -> None:
        self.history = History(views={"anna": "c", "boris": "c"})
        self.base = [Stored("c", 1, "opened", "registry", "o", "")]
        for view in self.history.views:
            self.history.deliveries.append(Delivery("c", view, 1, 1, "", 0.5))
        for n in range(2, count + 2):
            self.say(n)
        self.history.closes.append(Close("c", count + 1, 100.0))

    def say(self, n: int) -> None:
        """Анна's message gets the number n; it is acknowledged and shown to Борис."""
        self.history.attempts.append(Attempt("c", "a", f"k{n}", f"body {n}", float(n)))
        self.history.acks.append(Ack("c", "anna", "a", f"k{n}", n, n + 0.5))
        self.history.deliveries.append(Delivery("c", "boris", 1, n, f"body {n}", n + 0.6))
        self.base.append(Stored("c", n, "message", "a", f"k{n}", f"body {n}"))


def _lose(run: Run) -> None:
    run.base.pop()
    run.history.deliveries.pop()


def _store_twice(run: Run) -> None:
    run.base.append(Stored("c", 6, "message", "a", "k5", "body 5"))
    run.history.closes.clear()
    run.history.deliveries += [Delivery("c", v, 1, 6, "body 5", 9.0) for v in run.history.views]


def _swap_readers(run: Run) -> None:
    run.history.deliveries.append(Delivery("c", "anna", 1, 3, "body 4", 9.0))


def _run_backwards(run: Run) -> None:
    run.history.deliveries.append(Delivery("c", "anna", 1, 4, "body 4", 9.0))
    run.history.deliveries.append(Delivery("c", "anna", 1, 3, "body 3", 9.1))


def _leave_a_gap(run: Run) -> None:
    run.base[-1] = run.base[-1]._replace(seq=9)
    run.history.acks[-1] = run.history.acks[-1]._replace(seq=9)
    run.history.deliveries[-1] = run.history.deliveries[-1]._replace(seq=9)
    run.history.closes.clear()


def _close_early(run: Run) -> None:
    run.history.closes[:] = [Close("c", 4, 100.0)]


def _write_after_the_close(run: Run) -> None:
    run.history.closes[:] = [Close("c", 5, 4.9)]


def _show_a_ghost(run: Run) -> None:
    run.history.deliveries.append(Delivery("c", "anna", 1, 6, "body 6", 9.0))


def _change_words(run: Run) -> None:
    run.base[-1] = run.base[-1]._replace(body="other")
    run.history.deliveries[-1] = run.history.deliveries[-1]._replace(body="other")


def _change_key(run: Run) -> None:
    run.base[-1] = run.base[-1]._replace(key="other")


def _renumber(run: Run) -> None:
    run.history.acks[-1] = run.history.acks[-1]._replace(seq=4)
    run.history.deliveries.append(Delivery("c", "anna", 2, 5, "body 5", 9.0))


def _invent(run: Run) -> None:
    run.base.append(Stored("c", 6, "message", "a", "k6", "body 6"))
    run.history.closes.clear()
    run.history.deliveries += [Delivery("c", v, 1, 6, "body 6", 9.0) for v in run.history.views]


def _hide(run: Run) -> None:
    run.history.deliveries.pop()


def _show_twice(run: Run) -> None:
    run.history.deliveries.append(run.history.deliveries[-1])


def _acknowledge_twice(run: Run) -> None:
    run.history.acks.append(Ack("c", "anna", "a", "k2", 3, 9.0))


def _turn_time(run: Run) -> None:
    """The last message was written when all others had their answer, and stands before them."""
    late = run.history.attempts[0]
    run.history.attempts[0] = late._replace(at=50.0)
    run.history.acks[0] = run.history.acks[0]._replace(at=50.5)


FAULTS: dict[Callable[[Run], None], set[str]] = {
    _lose: {"lost"},
    _store_twice: {"doubled"},
    _swap_readers: {"reordered", "altered"},
    _run_backwards: {"reordered"},
    _leave_a_gap: {"gaps"},
    _close_early: {"late"},
    _write_after_the_close: {"late"},
    _show_a_ghost: {"unstored"},
    _change_words: {"lost", "altered"},
    _change_key: {"altered"},
    _renumber: {"altered"},
    _invent: {"invented"},
    _hide: {"unseen"},
    _show_twice: {"doubled"},
    _acknowledge_twice: {"doubled", "altered"},
    _turn_time: {"reordered"},
}


def test_a_clean_run_is_clean() -> None:
    run = Run()
    report = check(run.history, run.base)
    assert report.is_clean, str(report)
    assert str(report) == "clean"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_each_fault_is_told_by_its_name(fault: Callable[[Run], None]) -> None:
    run = Run()
    fault(run)
    report = check(run.history, run.base)
    assert set(report.found) == FAULTS[fault], str(report)


def test_every_verdict_was_seen_red() -> None:
    assert set().union(*FAULTS.values()) == set(check(History(), []).__dataclass_fields__)


@pytest.mark.parametrize("is_stored", [False, True])
def test_what_was_never_answered_may_be_there_or_not(is_stored: bool) -> None:
    run = Run()
    run.history.closes.clear()
    run.history.attempts.append(Attempt("c", "a", "k6", "body 6", 9.0))
    if is_stored:
        run.base.append(Stored("c", 6, "message", "a", "k6", "body 6"))
        run.history.deliveries += [Delivery("c", v, 2, 6, "body 6", 9.0) for v in run.history.views]
    assert check(run.history, run.base).is_clean


def test_a_repeat_and_a_second_line_are_no_fault() -> None:
    run = Run()
    run.history.acks.append(run.history.acks[0]._replace(at=200.0))
    run.history.deliveries += [
        one._replace(line=2, at=200.0) for one in run.history.deliveries if one.view == "boris"
    ]
    assert check(run.history, run.base).is_clean


@given(st.integers(1, 30), st.data())
def test_whichever_acknowledged_row_is_gone_it_is_missed(count: int, data: st.DataObject) -> None:
    run = Run(count)
    gone = data.draw(st.integers(1, count))
    del run.base[gone]
    found = check(run.history, run.base).found
    assert found["lost"] == 1
    assert found["unstored"] == 1
