"""The search for free time across a speciality at city size, beside two plain ways."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from priyom.accounts.models import Account
from priyom.cli import console
from priyom.cli.database import OWNER, Cluster
from priyom.clinics.models import Doctor
from priyom.demo.copying import put
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.schedule import queries
from priyom.schedule.models import Slot
from priyom.schedule.rules import Sought
from priyom.testing import builders

ROWS = 12
SPECIALITIES = 20
SLOTS = """
INSERT INTO schedule_slot (id, organisation_id, doctor_id, speciality_id, starts_at, ends_at,
                           state, kind, held_by, held_until)
SELECT gen_random_uuid(), d.organisation_id, d.id, d.speciality_id, at, at + interval '20 minutes',
       how, 'portal', CASE how WHEN 'held' THEN d.id END,
       CASE how WHEN 'held'
           THEN now() + interval '1 hour' * (random() < 0.5)::int - interval '30 minutes' END
FROM clinics_doctor d
CROSS JOIN generate_series(0, %(days)s - 1) AS day
CROSS JOIN generate_series(0, %(times)s - 1) AS place
CROSS JOIN LATERAL (SELECT
    date_trunc('day', now()) + (day + 1) * interval '1 day' + interval '6 hours'
        + place * interval '20 minutes' AS at,
    CASE WHEN d.speciality_id = %(full)s THEN 'booked'
         WHEN random() < 0.82 THEN 'booked' WHEN random() < 0.1 THEN 'held' ELSE 'free' END AS how
) made
WHERE d.organisation_id = %(organisation)s
"""
BY_DISTANCE = """
SELECT slot.starts_at,
    min(greatest(wish.begins - slot.starts_at, slot.starts_at - wish.ends + '1 us', '0')) AS apart
FROM schedule_slot slot JOIN clinics_doctor doctor ON doctor.id = slot.doctor_id
CROSS JOIN unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS wish (begins, ends)
WHERE slot.organisation_id = %(organisation)s AND doctor.speciality_id = %(speciality)s
  AND doctor.works AND slot.starts_at > %(now)s
  AND (slot.state = 'free' OR slot.state = 'held' AND slot.held_until < now())
GROUP BY slot.id, slot.starts_at ORDER BY apart, slot.starts_at, slot.id LIMIT %(rows)s
"""


@dataclass(frozen=True)
class Region:
    """A large clinic and how its doctors share the specialities."""

    viewer: Actor
    specialities: tuple[UUID, ...]
    """The first has half of the doctors; of the last one every time is booked."""
    slots: int


@dataclass
class Searches:
    """Milliseconds of each search, by way."""

    took: dict[str, list[float]]
    slots: int

    def p95(self, way: str) -> float:
        """Return the 95th percentile in milliseconds."""
        return statistics.quantiles(self.took[way], n=20)[-1]

    def line(self) -> dict[str, float]:
        """Return what the last line says of the search."""
        return {
            "free_p95_ms": self.p95("ours"),
            "free_ratio_distance": self._ratio("one query, sorted by distance"),
        }

    def _ratio(self, way: str) -> float:
        return statistics.median(self.took["ours"]) / statistics.median(self.took[way])

    def rows(self) -> dict[str, Any]:
        """Return the figures in milliseconds."""
        return {
            way: {"p50": statistics.median(took), "p95": self.p95(way)}
            for way, took in self.took.items()
        } | {"slots": self.slots}

    def show(self) -> None:
        """Print the table."""
        console.say()
        title = f"free time of a speciality, {self.slots:,} slots, ms"
        console.say(f"{title:52}{'p50':>8}{'p95':>8}{'worst':>8}{'':14}{'ratio':>8}")
        for way, took in self.took.items():
            console.say(
                f"{way:52}{statistics.median(took):8.2f}{self.p95(way):8.2f}{max(took):8.1f}"
                f"{'':14}{self._ratio(way):8.2f}"
            )


def fill(cluster: Cluster, doctors: int, days: int, times: int) -> Region:
    """Bring in the doctors and their times.

    The exclusion constraint is off while millions of rows come: no search reads it.
    """
    place = builders.organisation("Городская поликлиника")
    kinds = [
        builders.speciality(f"специальность {turn}", "врач").pk for turn in range(SPECIALITIES)
    ]
    accounts, rows = [], []
    for turn in range(doctors):
        account = uuid7()
        accounts.append({"id": account, "login": f"d{turn}", "family": "Орлов", "given": "Денис",
                         "is_trusted": True, "made_at": clock.now(), "password": "!"})  # fmt: skip
        kind = kinds[0] if turn % 2 else kinds[1 + turn // 2 % (SPECIALITIES - 1)]
        rows.append({"id": uuid7(), "organisation_id": place.pk, "speciality_id": kind,
                     "account_id": account, "family": "Орлов", "given": "Денис",
                     "email": f"d{turn}@clinic.example", "works": True})  # fmt: skip
    put(Account, accounts)
    put(Doctor, rows)
    with psycopg.connect(cluster.dsn(OWNER), autocommit=True) as owner:
        owner.execute("ALTER TABLE schedule_slot DROP CONSTRAINT schedule_no_overlap")
        values = {"days": days, "times": times, "organisation": place.pk, "full": kinds[-1]}
        owner.execute(SLOTS, values)
        owner.execute("VACUUM ANALYZE schedule_slot")
        owner.execute("ANALYZE clinics_doctor")
    viewer = Actor(ActorKind.REGISTRAR, uuid7(), organisation=place.pk)
    return Region(viewer, tuple(kinds), Slot.objects.count())


def run(region: Region, count: int) -> Searches:
    """Search in turn by each way, the same wishes for all; ours and the sorted one must agree."""
    ways: dict[str, Callable[[Region, Sought], list[datetime]]] = {
        "ours": _ours,
        "one query, sorted by distance": _by_distance,
        "rows by the ORM, sorted in Python": _in_python,
    }
    told = Searches({way: [] for way in ways}, region.slots)
    for number in range(-10, count):
        sought = _wishes(region, number)
        answers = {}
        for name, way in ways.items():
            begun = time.perf_counter()
            answers[name] = way(region, sought)
            if number >= 0:  # the first ones warm up
                told.took[name].append((time.perf_counter() - begun) * 1000)
        if len({tuple(answer) for answer in answers.values()}) != 1:
            raise SystemExit(f"The ways do not agree on {sought}: {answers}")
    return told


def _wishes(region: Region, number: int) -> Sought:
    """Return what a patient could wish: one to six parts of days, or any time."""
    dice = random.Random(number)
    # Half of the searches are for the largest speciality, some for the one without free time.
    kind = region.specialities[0] if dice.random() < 0.5 else dice.choice(region.specialities)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    spans = []
    for _ in range(dice.choice([0, 1, 2, 3, 6])):
        begin = today + timedelta(days=dice.randint(1, 20), hours=dice.choice([5, 9, 13]))
        spans.append((begin, begin + timedelta(hours=4)))
    return Sought(kind, tuple(spans))


def _ours(region: Region, sought: Sought) -> list[datetime]:
    return [one.starts_at for one in queries.search(region.viewer, sought, rows=ROWS)]


def _by_distance(region: Region, sought: Sought) -> list[datetime]:
    now = clock.now()
    spans = sought.ahead(now)
    values = {
        "organisation": region.viewer.organisation, "speciality": sought.speciality, "now": now,
        "begins": [one for one, _ in spans], "ends": [one for _, one in spans], "rows": ROWS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BY_DISTANCE, values)
        return [row[0] for row in cursor.fetchall()]


def _in_python(region: Region, sought: Sought) -> list[datetime]:
    now = clock.now()
    rows = (
        Slot.objects.filter(
            queries.AVAILABLE,
            organisation_id=region.viewer.organisation,
            doctor__speciality_id=sought.speciality,
            doctor__works=True,
            starts_at__gt=now,
        )
        .order_by("starts_at")
        .values_list("starts_at", flat=True)
    )
    nothing, least = timedelta(), timedelta(microseconds=1)
    spans = sought.ahead(now)

    def apart(at: datetime) -> tuple[timedelta, datetime]:
        return min(max(begin - at, at - end + least, nothing) for begin, end in spans), at

    return sorted(rows, key=apart)[:ROWS]
