"""Jobs of signed conclusions: the organisation signs them too, files are checked, lists fetched."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.conclusions import actions

_NAME = "conclusions.countersign"


@app.periodic(cron="* * * * *")
@app.task(name=_NAME, queueing_lock=_NAME, lock=_NAME)
def countersign(timestamp: int) -> None:
    """Run every minute: `timestamp` is the tick (s), a missed one is made up by the next."""
    actions.countersign()


@app.periodic(cron="*/10 * * * *")
@app.task(name="conclusions.load_lists", queueing_lock="conclusions.load_lists")
def load_lists(timestamp: int) -> None:
    """Run every ten minutes: each list of revoked certificates is fetched once an hour."""
    actions.load_lists()


@app.task(name=actions.INSPECT)
def inspect(key: str) -> None:
    """Check one visitor's file."""
    actions.inspect(key)


@app.periodic(cron="* * * * *")
@app.task(name="conclusions.forget_inspections", queueing_lock="conclusions.forget_inspections")
def forget_inspections(timestamp: int) -> None:
    """Run every minute: what no worker finished is given up, what is an hour old is deleted."""
    actions.forget_inspections()
