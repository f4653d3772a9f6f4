"""Each number of the weeks equals plain SQL, opens just as many rows, and leaves as a safe file."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from priyom.clinics.models import Doctor, Speciality
from priyom.intake.models import Request
from priyom.kernel.refusal import Refusal
from priyom.reports import queries
from priyom.reports.queries import Asked
from priyom.reports.tests import plain
from priyom.reports.tests.test_figures import _ask, _book, _fill, _noon
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
PAGE = "/desk/figures/waits/"


@pytest.fixture
def now(cast: Cast, clock: Clock) -> datetime:
    """A noon with requests of four weeks, answered soon, late and never, of two specialities."""
    instant = _noon(clock)
    clock.forward(days=-3)
    _fill(cast, instant)
    clock.set(instant)
    _ask(cast, instant)
    _book(cast, clock, instant)
    heart = builders.speciality("кардиология", "кардиолог")
    for days, hours, kind in ((1, 2, heart), (2, 30, heart), (8, 50, None), (15, None, heart)):
        asked = instant - timedelta(days=days)
        builders.request(
            cast.gleb.card, cast.clinic, asked_at=asked, answer_due_at=asked + timedelta(hours=24),
            answered_at=asked + timedelta(hours=hours) if hours else None,
            **({"speciality": kind} if kind else {"doctor": cast.boris.doctor}),
        )  # fmt: skip
    return instant


@pytest.mark.parametrize("by", queries.BY)
def test_each_number_equals_plain_sql(cast: Cast, now: datetime, by: str) -> None:
    page = queries.waits(cast.inna.actor, Asked(by))
    asked = {
        one.key: (
            one.asked, one.answered, one.answered_p90, one.booked, one.until_booked,
            one.until_booked_p90, one.overdue,
        )
        for one in page.rows if one.asked
    }  # fmt: skip
    held = {one.key: (one.held, one.no_show) for one in page.rows if one.held}
    assert asked == plain.waits(by, cast.clinic.pk, now)
    assert held == plain.no_shows(by, cast.clinic.pk, now)
    assert page.total.overdue > 0
    assert page.total.no_show > 0
    for name in ("asked", "booked", "overdue", "held", "no_show"):
        assert getattr(page.total, name) == sum(getattr(one, name) for one in page.rows), name


def test_median_and_nine_of_ten(cast: Cast, clock: Clock) -> None:
    for hours in range(1, 11):
        at = clock.instant - timedelta(hours=20)
        builders.request(
            cast.anna.card, cast.clinic, asked_at=at, answered_at=at + timedelta(hours=hours)
        )
    total = queries.waits(cast.inna.actor, Asked()).total
    assert total.answered == timedelta(hours=5.5)
    assert total.answered_p90 == timedelta(hours=9.1)
    assert total.until_booked is None


def test_each_number_opens_its_list(cast: Cast, now: datetime) -> None:
    for by, what in product(queries.BY, queries.WHAT):
        page = queries.waits(cast.inna.actor, Asked(by))
        for one in (page.total, *page.rows):
            asked = Asked(by, key=one.key)
            _, count = queries.waits_of(cast.inna.actor, asked, what)
            if what != "answered":
                assert count == getattr(one, what), (by, one.label, what)
            else:
                assert (count > 0) == (one.answered is not None), (by, one.label)
            assert len(queries.lines(cast.inna.actor, asked, what)) == count, (by, one.label, what)


def test_the_page_leads_to_the_lists_and_files(cast: Cast, now: datetime) -> None:
    browser = visit(cast.inna)
    assert PAGE in browser.get("/desk/figures/").content.decode()
    text = browser.get(f"{PAGE}?by=speciality&weeks=12").content.decode()
    links = set(re.findall(r'href="(/desk/figures/waits[^"]+)"', text))
    assert len(links) > 12
    for link in links:
        answer = browser.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
    for odd in ("?by=x&weeks=y&key=z", "?weeks=9999999", "?by=doctor&key=1", "?by=week&key=x"):
        assert browser.get(f"{PAGE}asked/{odd}").status_code == 200
    assert browser.get(f"{PAGE}nonsense/").status_code == 404
    assert browser.get(f"{PAGE}nonsense.csv").status_code == 404


def test_the_files_are_for_excel_and_have_no_formulas_and_no_names(
    cast: Cast, now: datetime
) -> None:
    Speciality.objects.filter(name="кардиология").update(doctor="=cmd|calc")
    Doctor.objects.filter(pk=cast.boris.doctor.pk).update(family="@SUM(1)")
    browser = visit(cast.inna)
    for address in (f"{PAGE[:-1]}.csv?by=speciality", f"{PAGE}asked.csv"):
        answer = browser.get(address)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.content.startswith(b"\xef\xbb\xbf")
        text = answer.content.decode("utf-8-sig")
        assert "Сомов" not in text
        assert "болит" not in text
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        assert len(read) > 2
        cells = [cell for row in read for cell in row]
        assert any(cell.startswith("'=") for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_only_the_head_of_this_place(cast: Cast, now: datetime) -> None:
    for person in (cast.boris, cast.vera, cast.nina):
        for path in ("", "asked/", "asked.csv"):
            assert visit(person).get(f"{PAGE}{path}").status_code == 404, path
        with pytest.raises(Refusal, match="missing"):
            queries.waits(person.actor, Asked())
    foreign = Request.objects.get(organisation=cast.other_clinic)
    shown = queries.lines(cast.inna.actor, Asked(weeks=52), "asked")
    assert foreign.pk not in {one.id for one in shown}
    assert len(shown) == Request.objects.filter(organisation=cast.clinic).count()


def test_the_table_costs_the_same_for_any_length(cast: Cast, now: datetime) -> None:
    browser = visit(cast.inna)
    for by in queries.BY:
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"{PAGE}?by={by}&weeks=52")
        assert len(asked) <= 10, (by, [one["sql"][:100] for one in asked])
