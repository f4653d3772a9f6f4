"""A talk of ten thousand messages opens as quickly as a short one: windows of the gapless log."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from priyom.chat import queries
from priyom.chat.place import PAGE, Place, Way, asked
from priyom.chat.tests.long import lengthen
from priyom.consultations import log
from priyom.consultations.actions import join
from priyom.consultations.models import Consultation
from priyom.testing.cast import Cast
from priyom.testing.doors import visit

LENGTH = 10_000


@pytest.fixture
def talk(cast: Cast) -> Consultation:
    made = cast.consultation()
    join(cast.anna.actor, made.pk)
    return made


def read_up_to(talk: Consultation, cast: Cast, seq: int) -> None:
    with connection.cursor() as cursor:
        log.mark(cursor, talk.pk, cast.anna.account.pk, delivered=seq, read=seq)


def numbers(part: object) -> list[int]:
    return [one.seq for one in part.entries]  # type: ignore[attr-defined]


def test_ten_thousand_cost_no_more_queries_than_ten(
    cast: Cast, talk: Consultation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    end = lengthen(cast, talk, LENGTH)
    read_up_to(talk, cast, end)
    with django_assert_max_num_queries(9):
        shown = queries.thread(cast.anna.actor, talk.pk)
    assert numbers(shown.part) == list(range(end - PAGE + 1, end + 1))
    assert (shown.part.earlier, shown.part.later, shown.unread) == (end - PAGE + 1, None, 0)
    page = visit(cast.anna).get(f"/my/consultations/{talk.pk}/").content
    assert page.count(b'<li class="bubble') == PAGE + 2, "and the two patterns of the script"
    assert len(page) < 150_000


def test_one_scrolls_through_all_of_it_and_meets_each_once(cast: Cast, talk: Consultation) -> None:
    end = lengthen(cast, talk, 230)
    read_up_to(talk, cast, end)
    part = queries.lines(cast.anna.actor, talk.pk, Place("last"))
    met = numbers(part)
    while part.earlier is not None:
        part = queries.lines(cast.anna.actor, talk.pk, Place("before", part.earlier))
        met = numbers(part) + met
    assert met == list(range(1, end + 1))
    part, met = queries.lines(cast.anna.actor, talk.pk, Place("before", PAGE + 1)), []
    while part.later is not None:
        met += numbers(part)
        part = queries.lines(cast.anna.actor, talk.pk, Place("after", part.later))
    assert met + numbers(part) == list(range(1, end + 1))


def test_a_page_opens_at_the_first_unread(cast: Cast, talk: Consultation) -> None:
    end = lengthen(cast, talk, 400)
    read_up_to(talk, cast, 100)
    shown = queries.thread(cast.anna.actor, talk.pk)
    fresh = [one.seq for one in shown.part.entries if one.is_new]
    assert fresh == [101], "the first of the others' after the mark"
    assert shown.part.entries[0].seq == 91
    assert shown.unread == 151
    assert (shown.part.later, shown.part.end) == (140, end)
    page = visit(cast.anna).get(f"/my/consultations/{talk.pk}/").content.decode()
    assert "Новые сообщения" in page
    again = queries.thread(cast.anna.actor, talk.pk)
    assert again.read == 140, "what was shown counts as read, no more"


def test_a_script_that_renews_a_part_reads_nothing(cast: Cast, talk: Consultation) -> None:
    lengthen(cast, talk, 20)
    page = f"/my/consultations/{talk.pk}/"
    visit(cast.anna).get(page, headers={"Sec-Fetch-Dest": "empty"})
    assert queries.thread(cast.anna.actor, talk.pk).read == 0
    visit(cast.anna).get(page, headers={"Sec-Fetch-Dest": "document"})
    assert queries.thread(cast.anna.actor, talk.pk).read > 0


def test_any_message_has_its_window_and_its_day(cast: Cast, talk: Consultation) -> None:
    end = lengthen(cast, talk, 400)
    shown = queries.thread(cast.anna.actor, talk.pk, Place("around", 200))
    assert 200 in numbers(shown.part)
    assert shown.focus == 200
    assert shown.part.entries[0].day, "a window begins with its day"
    days = [one.day_key for one in shown.part.entries if one.day]
    assert len(days) == len(set(days)), "each day once"
    goes_on = queries.lines(cast.anna.actor, talk.pk, Place("after", 200))
    assert not goes_on.entries[0].day
    page = visit(cast.anna).get(f"/my/consultations/{talk.pk}/", {"around": 200}).content.decode()
    assert 'id="m200"' in page
    assert f'data-end="{end}"' in page


@given(
    way=st.sampled_from(["", "before", "after", "around", "last"]),
    seq=st.integers(0, 400),
    end=st.integers(0, 300),
    unread=st.integers(0, 300),
)
def test_a_window_never_leaves_the_log(way: Way, seq: int, end: int, unread: int) -> None:
    unread = min(unread, end)
    first, last = Place(way, seq).window(end, unread)
    assert first >= 1
    assert last <= end
    assert last - first < PAGE
    if way in ("", "last", "around") and end:
        assert last - first + 1 == min(PAGE, end)
    if way == "" and unread:
        assert first <= unread <= last
    if way == "around" and 1 <= seq <= end:
        assert first <= seq <= last


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({}, Place()),
        ({"before": "12"}, Place("before", 12)),
        ({"after": "0"}, Place("after", 0)),
        ({"around": "-1"}, Place()),
        ({"around": "x", "last": ""}, Place("last")),
        ({"before": "99999999999"}, Place("before", 2**31 - 1)),
        ({"before": "²"}, Place()),
    ],
)
def test_addresses_say_where(query: dict[str, str], place: Place) -> None:
    assert asked(query) == place
