"""Nothing that was acknowledged is lost, doubled, moved or let in late, whatever breaks meanwhile.

Promises P1 to P4, P8 and P20 of docs/reliability.md, by each way that frames can take. The short
form breaks each thing once; the long one goes on for twenty rounds and a hundred thousand messages.
"""

from __future__ import annotations

import pytest

from tests.faults.crowd import crowd
from tests.faults.drill import drill
from tests.faults.house import running
from tests.faults.nemesis import FAULTS
from tests.faults.wires import WIRES

ROUNDS, MESSAGES = 20, 100_000

pytestmark = pytest.mark.faults


def test_each_fault_once() -> None:
    with running() as house, crowd(house, pause=0.15) as people:
        people.gather(6, forms_of=2)
        people.complete(60)
        outcome = drill(house, people, FAULTS, close_every=3)
        print(outcome)
        assert outcome.report.is_clean, str(outcome)
        assert outcome.acknowledged > 50 * len(FAULTS), "there was nothing to lose"
        assert all(outcome.ways[one.name] > 5 * len(FAULTS) for one in WIRES), str(outcome)


@pytest.mark.long
def test_twenty_rounds_and_a_hundred_thousand_messages() -> None:
    with running() as house, crowd(house, pause=0.15) as people:
        people.gather(20, forms_of=6)
        people.complete(60)
        rounds = (FAULTS * 2)[: max(ROUNDS, len(FAULTS))]
        outcome = drill(house, people, rounds, close_every=3, at_least=MESSAGES)
        print(outcome)
        assert outcome.report.is_clean, str(outcome)
        assert len(outcome.healed) >= ROUNDS
        assert outcome.acknowledged >= MESSAGES
