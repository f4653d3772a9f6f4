"""Each minute: what was held too long is free again; each night: the plans reach a day further."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.schedule import actions


@app.periodic(cron="* * * * *")
@app.task(name="schedule.release_expired", queueing_lock="schedule.release_expired")
def release_expired(timestamp: int) -> None:
    """Free the expired holds; `timestamp` is the tick (s), which needs not be exact."""
    actions.release_expired()


@app.periodic(cron="20 1 * * *")
@app.task(name="schedule.publish", queueing_lock="schedule.publish")
def publish(timestamp: int) -> None:
    """Publish all plans to their horizons; a night that was missed is made up by the next."""
    actions.publish_all()
