"""Each figure of the head equals plain SQL over the rows, and opens a list of just as many."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest

from priyom.clinics.models import Doctor
from priyom.consultations.models import Consultation
from priyom.consultations.tests.said import said
from priyom.intake import actions as intake
from priyom.intake.models import Request
from priyom.kernel import words
from priyom.kernel.actor import Actor
from priyom.kernel.clock import MOSCOW
from priyom.kernel.refusal import Refusal
from priyom.reports import queries
from priyom.reports.tests import plain
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db

STATES = (
    "scheduled", "in_progress", "concluding", "completed", "cancelled", "no_show", "returned",
)  # fmt: skip
EDGES = (time(0, 0), time(0, 20), time(12, 0), time(23, 40))
"""Moscow times that begin and end a day there, and are another day in UTC."""


def _noon(clock: Clock) -> datetime:
    """Let it be noon in Moscow, days ahead: the database sells no times of its own past."""
    on = (clock.instant + timedelta(days=10)).astimezone(MOSCOW).date()
    clock.set(datetime.combine(on, time(12, 5), MOSCOW))
    return clock.instant


def _held(cast: Cast, doctor: Doctor, at: datetime, state: str) -> None:
    slot = builders.slots(doctor, begins=at)[0]
    clerk = cast.vera if doctor.organisation_id == cast.clinic.pk else cast.nina
    row = builders.consultation(clerk.actor, cast.anna.card, doctor, at=slot)
    Consultation.objects.filter(pk=row.pk).update(state=state, began_at=at, ended_at=at)


def _fill(cast: Cast, now: datetime) -> None:
    """Every state at every edge of yesterday, today and tomorrow, in two МО."""
    foreign = builders.doctor(("Зимин", "Яков", "Львович"), cast.other_clinic)
    for place in (cast.clinic, cast.other_clinic):
        builders.consent(cast.anna.card, place)
    for shift in (-1, 0, 1):
        on = now.astimezone(MOSCOW).date() + timedelta(days=shift)
        for number, state in enumerate(STATES):
            doctor = builders.doctor((f"Врач {shift} {number}", "Илья", ""), cast.clinic)
            for at in EDGES[: 4 - number % 2]:
                _held(cast, doctor, datetime.combine(on, at, MOSCOW), state)
        _held(cast, foreign, datetime.combine(on, EDGES[2], MOSCOW), "completed")


def _ask(cast: Cast, now: datetime) -> None:
    """Requests of every age and state, some booked after a known wait."""
    for number, hours in enumerate((0, 1, 5, 11, 13, 30, 80, 24 * 9, 24 * 13, 24 * 20)):
        for state in ("new", "taken", "declined", "withdrawn")[: 4 - number % 3]:
            at = now - timedelta(hours=hours, minutes=5)
            due = at + timedelta(hours=24)
            builders.request(
                cast.anna.card, cast.clinic, asked_at=at, answer_due_at=due, state=state,
                reason="Не дозвонились" if state == "declined" else "",
                taken_by=cast.vera.account.pk if state == "taken" else None,
                taken_at=at if state == "taken" else None,
                taken_until=due if state == "taken" else None,
            )  # fmt: skip
    builders.request(cast.gleb.card, cast.other_clinic, asked_at=now)


def _book(cast: Cast, clock: Clock, now: datetime) -> None:
    """Three bookings of the week, one of long ago."""
    for days, hours in ((9, 2), (5, 30), (3, 4), (1, 7)):
        clock.set(now - timedelta(days=days))
        asked = builders.request(cast.gleb.card, cast.clinic)
        clock.forward(hours=hours)
        slot = builders.slots(cast.boris.doctor, begins=now + timedelta(days=days + 1))[0]
        intake.take(cast.vera.actor, asked.pk)
        intake.book(cast.vera.actor, asked.pk, intake.Choice(cast.gleb.card.pk, slot.pk))
    clock.set(now)


@pytest.fixture
def now(cast: Cast, clock: Clock) -> datetime:
    """A noon with everything in it."""
    instant = _noon(clock)
    clock.forward(days=-3)
    _fill(cast, instant)
    clock.set(instant)
    _ask(cast, instant)
    _book(cast, clock, instant)
    return instant


def _figures(actor: Actor) -> dict[str, str]:
    page = queries.figures(actor)
    return {one.key: one.value for one in (*page.waiting, *page.today)}


def test_each_count_equals_plain_sql(cast: Cast, now: datetime) -> None:
    shown = _figures(cast.inna.actor)
    for key in plain.COUNTS:
        wanted = plain.count(key, cast.clinic.pk, now)
        assert shown[key] == str(wanted), key
        assert wanted > 0, f"{key}: the scene shows nothing"
    assert set(shown) == {*plain.COUNTS, "waiting-longest", "booked-week", "late"}


def test_who_waits_for_a_doctor_longer_than_promised(cast: Cast, clock: Clock) -> None:
    builders.consent(cast.anna.card, cast.clinic)
    times = builders.slots(cast.boris.doctor, 3)
    rows = [cast.consultation(consented=False, at=one) for one in times]
    clock.set(rows[2].starts_at)
    for row in rows:
        said(row, "patient", at=row.starts_at)
    said(rows[1], "doctor")
    assert _figures(cast.inna.actor)["late"] == "1"
    clock.forward(minutes=16)
    behind = queries.behind(cast.inna.actor, "late")
    assert behind.count == 2
    assert [one.line.split(" · ")[0].replace("\xa0", " ") for one in behind.rows] == [
        f"ждёт {waits} мин, обещали до {until} (МСК)"
        for waits, until in (
            (56, words.clock_time(rows[0].starts_at + timedelta(minutes=15))),
            (16, words.clock_time(rows[2].starts_at + timedelta(minutes=15))),
        )
    ]
    assert (
        "Ждут врача дольше обещанного"
        in visit(cast.inna).get("/desk/figures/late/").content.decode()
    )


def test_each_wait_equals_plain_sql(cast: Cast, now: datetime) -> None:
    shown = _figures(cast.inna.actor)
    longest = plain.length(plain.LONGEST, cast.clinic.pk, now)
    until = plain.length(plain.UNTIL_BOOKED, cast.clinic.pk, now)
    assert longest is not None
    assert until is not None
    assert shown["waiting-longest"] == words.waited(longest)
    assert shown["booked-week"] == words.waited(until) == words.waited(timedelta(hours=7))


def test_the_table_of_doctors_equals_plain_sql(cast: Cast, now: datetime) -> None:
    wanted = {row[0]: row[1:] for row in plain.rows(plain.DOCTORS, cast.clinic.pk, now)}
    shown = queries.figures(cast.inna.actor).doctors
    assert {
        one.id: (one.planned, one.completed, one.unsigned, one.no_show) for one in shown
    } == wanted
    assert [one.planned for one in shown] == sorted((one.planned for one in shown), reverse=True)


def test_the_chart_equals_plain_sql(cast: Cast, now: datetime) -> None:
    chart = queries.figures(cast.inna.actor).chart
    assert list(chart) == plain.rows(plain.CHART, cast.clinic.pk, now)
    assert len(chart) == 14


def test_sums_agree_with_each_other(cast: Cast, now: datetime) -> None:
    page = queries.figures(cast.inna.actor)
    shown = _figures(cast.inna.actor)
    assert sum(one.planned for one in page.doctors) == int(shown["planned"])
    assert sum(one.completed for one in page.doctors) == int(shown["completed"])
    assert page.chart[-1][1] == int(shown["asked"])


def test_each_figure_opens_its_list(cast: Cast, now: datetime) -> None:
    browser = visit(cast.inna)
    page = browser.get("/desk/figures/").content.decode()
    for key in plain.COUNTS:
        link = re.search(rf'href="(/desk/figures/{key}/)"><b>(\d+)</b>', page)
        assert link is not None, f"{key} is a link to its list"
        listed = browser.get(link[1]).content.decode().count('<li class="row">')
        assert listed == int(link[2]) == plain.count(key, cast.clinic.pk, now), key


def test_a_long_list_says_that_it_is_cut(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.today, "ROWS", 3)
    page = queries.behind(cast.inna.actor, "waiting")
    assert (len(page.rows), page.count) == (3, plain.count("waiting", cast.clinic.pk, now))
    text = visit(cast.inna).get("/desk/figures/waiting/").content.decode()
    assert f"{page.count}, показаны первые 3" in text


def test_an_empty_house_has_figures_too(cast: Cast) -> None:
    shown = _figures(cast.inna.actor)
    assert {shown[key] for key in plain.COUNTS} == {"0"}
    assert shown["waiting-longest"] == shown["booked-week"] == "—"


@pytest.mark.parametrize("name", ["anna", "boris", "vera"])
def test_only_the_head(cast: Cast, name: str) -> None:
    actor = getattr(cast, name).actor
    for ask in (lambda: queries.figures(actor), lambda: queries.behind(actor, "planned")):
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.code == "missing"


def test_a_figure_that_is_none_is_missing(cast: Cast) -> None:
    assert visit(cast.inna).get("/desk/figures/nonsense/").status_code == 404


def test_the_lists_name_no_illness(cast: Cast, now: datetime) -> None:
    for key in queries.TITLES:
        text = visit(cast.inna).get(f"/desk/figures/{key}/").content.decode()
        assert "болит горло" not in text
        assert Request.objects.exists()
