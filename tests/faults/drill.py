"""One run: people talk, the house is broken in turn, everything is compared at the end."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.faults.checker import Report, check
from tests.faults.crowd import Crowd
from tests.faults.house import House
from tests.faults.nemesis import Fault

COMPLETE_SECONDS = 8.0
"""Within which all pages must have everything after a fault was healed (reliability P1)."""
LAST_SECONDS = 60.0


def promised() -> float:
    """Return the promise in seconds; longer where others queue for the same processors."""
    queue = os.getloadavg()[0] / (os.cpu_count() or 1)
    return COMPLETE_SECONDS * max(1.0, queue / 2)


@dataclass
class Outcome:
    """The verdicts, and how long pages took to be complete after each fault."""

    report: Report
    healed: list[tuple[str, float]] = field(default_factory=list)
    acknowledged: int = 0
    delivered: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    """Acknowledgements by WebSocket, stream of events, polls, plain form."""

    def __str__(self) -> str:
        slowest = max(self.healed, key=lambda one: one[1])
        return (
            f"{len(self.healed)} rounds, {self.acknowledged} acknowledged, {self.delivered} "
            f"delivered; slowest to heal: {slowest[0]}, {slowest[1]:.1f} s\n"
            f"acknowledged by {dict(self.ways)}\n{self.report}"
        )


def _healed(crowd: Crowd, fault: Fault) -> float:
    try:
        return crowd.complete(promised())
    except AssertionError as late:
        raise AssertionError(f"after {fault.__name__}: {late}") from late


def drill(
    house: House, crowd: Crowd, faults: Sequence[Fault], *, close_every: int, at_least: int = 0
) -> Outcome:
    """Go through the faults, and on until `at_least` messages were acknowledged; then judge.

    In each `close_every`th of the given rounds somebody cancels a consultation while the fault
    lasts; in those added for the number of messages nobody does, so that somebody goes on talking.
    """
    healed: list[tuple[str, float]] = []
    rounds = list(faults)
    with ThreadPoolExecutor(1) as aside:
        while rounds:
            fault = rounds.pop(0)
            is_closing = len(healed) < len(faults) and len(healed) % close_every == 0
            closing = aside.submit(crowd.close_one) if is_closing else None
            time.sleep(random.uniform(0.1, 0.6))
            fault(house, crowd)
            house.look_after()
            healed.append((fault.__name__, _healed(crowd, fault)))
            if closing is not None:
                closing.result(LAST_SECONDS)
            if not rounds and crowd.acknowledged() < at_least:
                rounds.append(random.choice(faults))
    crowd.hush(LAST_SECONDS)
    crowd.complete(LAST_SECONDS)
    crowd.latecomers(LAST_SECONDS)
    crowd.settle()
    report = check(crowd.history, house.log())
    delivered = len(crowd.history.deliveries)
    return Outcome(report, healed, crowd.acknowledged(), delivered, crowd.ways())
