"""Reads that cross the rooms below: the life signs of the house."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.db.models import Count, Min, Model
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from priyom.calls.models import Call
from priyom.consultations.models import Consultation, Seal
from priyom.files.models import Blob
from priyom.files.rules import Scan
from priyom.intake.models import Request
from priyom.kernel import clock
from priyom.notices.models import Notice


def database_answers() -> bool:
    """Tell whether a round trip to the database works now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def exposition() -> bytes:
    """Return counts by state in Prometheus' text form."""
    registry = CollectorRegistry()
    counted: tuple[tuple[str, type[Model]], ...] = (
        ("requests", Request),
        ("consultations", Consultation),
        ("calls", Call),
        ("notices", Notice),
    )
    for name, model in counted:
        gauge = Gauge(f"priyom_{name}", f"{name} by state", ["state"], registry=registry)
        rows = model._default_manager.values_list("state").annotate(n=Count("pk"))
        for state, count in rows:
            gauge.labels(state).set(count)
    oldest = Notice.objects.filter(state="queued").aggregate(at=Min("queued_at"))["at"]
    age = Gauge(
        "priyom_notice_oldest_seconds", "age of the oldest unsent notice", registry=registry
    )
    age.set((clock.now() - oldest).total_seconds() if oldest else 0)
    scans = Gauge("priyom_files", "files by what the scanner knows", ["scan"], registry=registry)
    for known, count in Blob.objects.values_list("scan").annotate(n=Count("pk")):
        scans.labels(known).set(count)
    unseen = Blob.objects.filter(scan=Scan.WAITING).aggregate(at=Min("stored_at"))["at"]
    unseen_age = Gauge(
        "priyom_scan_oldest_seconds",
        "how long a file has waited for the scanner; over 300: clamd does not answer",
        registry=registry,
    )
    unseen_age.set((clock.now() - unseen).total_seconds() if unseen else 0)
    unsealed = Seal.objects.filter(sealed_at=None).aggregate(at=Min("asked_at"))["at"]
    unsealed_age = Gauge(
        "priyom_seal_oldest_seconds",
        "how long a closed talk has waited for its seal; over 600: the worker is down",
        registry=registry,
    )
    unsealed_age.set((clock.now() - unsealed).total_seconds() if unsealed else 0)
    return generate_latest(registry)
