"""What the clock does with registrations: gathers what was signed, sends what is due."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from priyom.registry import actions
from priyom.registry.rules import REMEMBERED


@app.task(name=actions.SEND)
def send(registration_id: str) -> None:
    """Send one document; if nobody answers the sweeper follows."""
    actions.send(UUID(registration_id))


@app.periodic(cron="* * * * *")
@app.task(name="registry.sweep", queueing_lock="registry.sweep")
def sweep(timestamp: int) -> None:
    """Find what was signed lately and send what is due; `timestamp` is the tick (s)."""
    actions.gather()
    actions.sweep()


@app.periodic(cron="23 * * * *")
@app.task(name="registry.catch_up", queueing_lock="registry.catch_up")
def catch_up(timestamp: int) -> None:
    """Find what the minutes missed: the worker stood still, or the registry is new."""
    actions.gather(REMEMBERED)
