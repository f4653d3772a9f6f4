"""Forgets links whose time is over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.files import actions


@app.periodic(cron="*/10 * * * *")
@app.task(name="files.forget_links", queueing_lock="files.forget_links")
def forget_links(timestamp: int) -> None:
    """Run every ten minutes."""
    actions.forget_links()
