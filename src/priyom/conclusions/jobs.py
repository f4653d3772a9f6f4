"""What the clock does with signed conclusions: the organisation signs them too."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.conclusions import actions

_NAME = "conclusions.countersign"


@app.periodic(cron="* * * * *")
@app.task(name=_NAME, queueing_lock=_NAME, lock=_NAME)
def countersign(timestamp: int) -> None:
    """Run every minute: `timestamp` is the tick (s), a missed one is made up by the next."""
    actions.countersign()
