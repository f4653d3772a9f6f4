"""Delivery of letters: at once by the act's own job, each minute by the sweeper; lost jobs."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from priyom.notices import actions


@app.task(name=actions.SEND)
def send(notice_id: str) -> None:
    """Deliver one letter; if it fails the sweeper follows."""
    actions.deliver(UUID(notice_id))


@app.periodic(cron="* * * * *")
@app.task(name="notices.sweep", queueing_lock="notices.sweep")
def sweep(timestamp: int) -> None:
    """Deliver what is due; `timestamp` is the tick (s), a missed one is made up by the next."""
    actions.sweep()


@app.periodic(cron="* * * * *")
@app.task(name="notices.revive")
def revive(timestamp: int) -> None:
    """Run every minute, without a lock of its own, which a worker that dies would keep."""
    actions.revive()
