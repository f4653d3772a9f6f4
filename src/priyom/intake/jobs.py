"""What the clock does with requests: each minute back to the journal, recalls, last wished days."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.intake import actions


@app.periodic(cron="* * * * *")
@app.task(name="intake.time_out", queueing_lock="intake.time_out")
def time_out(timestamp: int) -> None:
    """Return requests whose registrar is silent; `timestamp` is the tick (s)."""
    actions.time_out()


@app.periodic(cron="*/2 * * * *")
@app.task(name="intake.remind", queueing_lock="intake.remind")
def remind(timestamp: int) -> None:
    """Queue the recalls that are due; a missed tick is made up by the next."""
    actions.remind()


@app.periodic(cron="* * * * *")
@app.task(name="intake.tell_overdue", queueing_lock="intake.tell_overdue")
def tell_overdue(timestamp: int) -> None:
    """Tell the heads whose answers are overdue; a missed tick is made up by the next."""
    actions.tell_overdue()


@app.periodic(cron="7 * * * *")
@app.task(name="intake.expire", queueing_lock="intake.expire")
def expire(timestamp: int) -> None:
    """End the requests whose last wished day is over."""
    actions.expire()


@app.periodic(cron="*/5 * * * *")
@app.task(name="intake.settle_transfers", queueing_lock="intake.settle_transfers")
def settle_transfers(timestamp: int) -> None:
    """Give back to the journal who kept silent until the lost time; a missed tick is made up."""
    actions.settle_transfers()


@app.periodic(cron="* * * * *")
@app.task(name="intake.pass_on", queueing_lock="intake.pass_on")
def pass_on(timestamp: int) -> None:
    """End the offers that nobody answered and offer their times to the next; made up if missed."""
    actions.pass_on()
