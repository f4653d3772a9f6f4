"""State machines as tables: (state, act) → state; the pictures in docs/ are made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from priyom.kernel.refusal import Refusal, RefusalKind

State = TypeVar("State", bound=StrEnum)
Act = TypeVar("Act", bound=StrEnum)


@dataclass(frozen=True)
class Machine(Generic[State, Act]):
    """One life cycle. `labels` are the Russian words for the states; `name` is its audit prefix."""

    name: str
    title: str
    transitions: Mapping[tuple[State, Act], State]
    labels: Mapping[State, str]
    automatic: frozenset[Act] = frozenset()
    """Acts that no button starts: a job or another room's act does."""

    def allowed(self, state: State) -> frozenset[Act]:
        """Return the acts that are possible in `state`."""
        return frozenset(act for (source, act) in self.transitions if source == state)

    def after(self, state: State, act: Act) -> State:
        """Return the state that `act` leads to.

        Raises Refusal (conflict), which names the present state in Russian.
        """
        try:
            return self.transitions[state, act]
        except KeyError:
            raise Refusal(
                f"{self.name}.{act}.wrong_state",
                RefusalKind.CONFLICT,
                f"{self.title}: сейчас «{self.labels[state]}». Обновите страницу, "
                "чтобы увидеть, что можно сделать.",
            ) from None
