"""What Prometheus is told: ages and counts, never a name."""

from __future__ import annotations

from django.test import Client

from priyom.archive import jobs
from priyom.consultations import actions as consultations
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


def told(name: str) -> float:
    lines = Client().get("/metrics").content.decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def test_a_worker_that_seals_nothing_is_seen(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    consultations.cancel(cast.vera.actor, row.pk, "Врач заболел")
    clock.forward(minutes=11)
    assert told("priyom_seal_oldest_seconds") == 660
    jobs.seal(0)
    assert told("priyom_seal_oldest_seconds") == 0
