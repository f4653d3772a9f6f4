"""Seals what closed and has it signed, packs what was asked for, removes what had its day."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from priyom.archive import actions


@app.periodic(cron="* * * * *")
@app.task(name="archive.seal", queueing_lock="archive.seal", lock="archive.seal")
def seal(timestamp: int) -> None:
    """Run every minute: `timestamp` is the tick (s), a missed one is made up by the next."""
    actions.seal_waiting()


@app.periodic(cron="* * * * *")
@app.task(name="archive.sign", queueing_lock="archive.sign", lock="archive.sign")
def sign(timestamp: int) -> None:
    """Run every minute, after the seals: a job of its own, for a silent service holds up none."""
    actions.sign_manifests()


@app.periodic(cron="17 * * * *")
@app.task(name="archive.sign_missed", queueing_lock="archive.sign_missed", lock="archive.sign")
def sign_missed(timestamp: int) -> None:
    """Run every hour: what the minutes missed, or the organisation's key is new."""
    actions.sign_manifests(actions.REMEMBERED)


@app.task(name=actions.PACK)
def pack(bundle_id: str) -> None:
    """Make one transcript or ZIP; what fails says so on its page."""
    actions.pack(UUID(bundle_id))


@app.periodic(cron="41 * * * *")
@app.task(name="archive.forget", queueing_lock="archive.forget")
def forget(timestamp: int) -> None:
    """Run every hour."""
    actions.forget()
