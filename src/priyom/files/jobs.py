"""Makes what other devices need of a file, has it scanned; forgets what had its time."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.files import actions


@app.task(name=actions.DERIVE)
def derive(sha256: str) -> None:
    """Make counterpart, waveform and preview of one file; if it fails the sweeper follows."""
    actions.derive(sha256)


@app.periodic(cron="* * * * *")
@app.task(name="files.sweep", queueing_lock="files.sweep")
def sweep(timestamp: int) -> None:
    """Ring for what is due; `timestamp` is the tick (s), a missed one is made up by the next."""
    actions.sweep()


@app.periodic(cron="*/10 * * * *")
@app.task(name="files.forget_links", queueing_lock="files.forget_links")
def forget_links(timestamp: int) -> None:
    """Run every ten minutes."""
    actions.forget_links()


@app.periodic(cron="23 * * * *")
@app.task(name="files.sweep_uploads", queueing_lock="files.sweep_uploads")
def sweep_uploads(timestamp: int) -> None:
    """Run every hour, on a host that sees the folder of uploads."""
    actions.sweep_uploads()


@app.task(name=actions.SCAN)
def scan(sha256: str) -> None:
    """Have one file scanned; while clamd is silent the sweeper follows."""
    actions.scan(sha256)


@app.periodic(cron="* * * * *")
@app.task(name="files.sweep_scans", queueing_lock="files.sweep_scans")
def sweep_scans(timestamp: int) -> None:
    """Ask again for what still waits; `timestamp` is the tick (s)."""
    actions.sweep_scans()
