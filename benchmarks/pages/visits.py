"""Which pages are opened by whom, and how long the server took for each."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.pages.region import Region, visitor
from priyom.cli import console
from priyom.clinics.models import Post, Role
from priyom.consultations.models import Consultation
from priyom.intake.models import Request
from priyom.testing.doors import enter

MOST_MS, MOST_QUERIES = 50.0, 12
"""Targets of performance.md: p95 of any list, and statements of a page."""
HOST = "localhost"


@dataclass
class Page:
    """One kind of page: its milliseconds, its statements, its size."""

    title: str
    is_list: bool
    took: list[float] = field(default_factory=list)
    queries: int = 0
    size: int = 0

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.took, n=20)[-1] if len(self.took) > 1 else self.took[0]


@dataclass
class Visit:
    """One address and who opens it."""

    page: str
    is_list: bool
    client: Client
    address: str


def visits(region: Region) -> Iterator[Visit]:
    """Yield the visits of one registrar, doctor, head and patient of each organisation."""
    for place in region.places:
        yield from _registrar(place)
        yield from _doctor(place)
        yield from _head(place)
        yield from _patient(place)


def _registrar(place: UUID) -> Iterator[Visit]:
    client = enter(_post(place, Role.REGISTRAR).account, "/desk")
    waiting = Request.objects.filter(organisation_id=place, state="new").order_by("asked_at")[0]
    for title, address in (
        ("journal", "/desk/journal/"),
        ("journal, overdue", "/desk/journal/?only=late"),
        ("journal, closed", "/desk/journal/?only=closed"),
        ("journal, a speciality", f"/desk/journal/?kind={waiting.speciality_id}&source=portal"),
        ("journal, a family", "/desk/journal/?who=иванова"),
        ("journal, a number", f"/desk/journal/?who={waiting.number}"),
        ("a call", "/desk/requests/new/"),
        ("booked", "/desk/booked/"),
        ("booked, past", "/desk/booked/?only=past"),
        ("schedule of a day", "/desk/schedule/"),
        ("index search", "/desk/patients/search/?q=иванова анна 1984"),
    ):
        yield Visit(title, True, client, address)
    yield Visit("request with free times", False, client, f"/desk/requests/{waiting.pk}/")


def _doctor(place: UUID) -> Iterator[Visit]:
    post = _post(place, Role.DOCTOR)
    client = enter(post.account, "/desk")
    talk = Consultation.objects.filter(doctor=post.doctor, last_seq__gt=0).get()
    yield Visit("doctor's day", True, client, "/desk/day/")
    yield Visit("talk at the desk", False, client, f"/desk/consultations/{talk.pk}/")
    yield Visit("card", False, client, f"/desk/patients/{talk.patient_id}/")


def _head(place: UUID) -> Iterator[Visit]:
    client = enter(_post(place, Role.HEAD).account, "/desk")
    yield Visit("figures", True, client, "/desk/figures/")
    for by in ("week", "doctor"):
        yield Visit(f"waits by {by}", True, client, f"/desk/figures/waits/?by={by}&weeks=12")
    yield Visit("late ones", True, client, "/desk/figures/waits/overdue/?weeks=12")
    yield Visit("schedule of a week", True, client, "/desk/schedule/week/")


def _patient(place: UUID) -> Iterator[Visit]:
    account, talk = visitor(place)
    client = enter(account, "/my")
    yield Visit("patient's home", True, client, "/my/")
    yield Visit("talk on the phone", False, client, f"/my/consultations/{talk.pk}/")


def _post(place: UUID, role: Role) -> Post:
    found = Post.objects.filter(organisation_id=place, role=role).select_related("account")
    return found.order_by("pk")[0]


def run(region: Region, rounds: int) -> list[Page]:
    """Open everything once to warm up and count statements, then `rounds` times by the clock."""
    pages: dict[str, Page] = {}
    planned = list(visits(region))
    for visit in planned:
        page = pages.setdefault(visit.page, Page(visit.page, visit.is_list))
        reset_queries()  # the log of many organisations is longer than Django keeps
        with CaptureQueriesContext(connection) as asked:
            answer = visit.client.get(visit.address, HTTP_HOST=HOST)
        if answer.status_code != 200:
            raise AssertionError(f"{visit.address} answers {answer.status_code}")
        page.queries = max(page.queries, len(asked))
        page.size = max(page.size, len(answer.content))
    for _ in range(rounds):
        for visit in planned:
            begun = time.perf_counter()
            visit.client.get(visit.address, HTTP_HOST=HOST)
            pages[visit.page].took.append((time.perf_counter() - begun) * 1000)
    return list(pages.values())


def show(pages: list[Page]) -> None:
    """Print the table; what misses a target is marked."""
    console.say()
    console.say(f"{'':26}{'p50':>9}{'p95 ms':>9}{'statements':>12}{'kB':>7}")
    for page in pages:
        marks = [
            word
            for word, is_missed in (
                ("slow", page.is_list and page.p95 > MOST_MS),
                ("chatty", page.queries > MOST_QUERIES),
            )
            if is_missed
        ]
        console.say(
            f"{page.title:26}{statistics.median(page.took):9.1f}{page.p95:9.1f}"
            f"{page.queries:12}{page.size / 1000:7.0f}  {' '.join(marks)}".rstrip()
        )


def line(pages: list[Page]) -> dict[str, float]:
    """Return what the last line says: the slowest list's p95, the most statements of a page."""
    return {
        "p95_ms": max(page.p95 for page in pages if page.is_list),
        "queries_max": max(page.queries for page in pages),
    }
