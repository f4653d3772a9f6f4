"""The tables of the life cycles, walked at random: terminal is for ever, numbers have no gap."""

from __future__ import annotations

from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import sampled_from

from priyom.consultations.rules import (
    CONSULTATION,
    LIVE,
    OPEN_CHAT,
    ConsultationAct,
    ConsultationState,
)
from priyom.kernel.refusal import Refusal


class Life(RuleBasedStateMachine):
    """Any act in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ConsultationState.SCHEDULED
        self.passed: list[ConsultationState] = []

    @rule(act=sampled_from(list(ConsultationAct)))
    def act(self, act: ConsultationAct) -> None:
        """The table and `allowed` say the same."""
        allowed = act in CONSULTATION.allowed(self.state)
        try:
            after = CONSULTATION.after(self.state, act)
        except Refusal:
            assert not allowed
            return
        assert allowed
        self.passed.append(self.state)
        self.state = after

    @precondition(lambda self: self.state not in LIVE)
    @rule()
    def ended(self) -> None:
        """Nothing leads out of an end."""
        assert not CONSULTATION.allowed(self.state)

    @invariant()
    def completed_only_after_the_signature(self) -> None:
        """A completed consultation was concluding just before, and its chat is shut."""
        if self.state is ConsultationState.COMPLETED:
            assert self.passed[-1] is ConsultationState.CONCLUDING
            assert self.state not in OPEN_CHAT


TestLife = Life.TestCase
