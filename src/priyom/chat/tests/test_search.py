"""Search within a talk: forms of words, ё and е, beginnings, snippets; for its people only."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from priyom.chat import queries
from priyom.chat.rules import SEARCH_PAGE
from priyom.chat.tests.long import lengthen
from priyom.consultations import log
from priyom.consultations.actions import join
from priyom.consultations.log import Item, Verdict
from priyom.consultations.models import Consultation
from priyom.kernel.refusal import Refusal
from priyom.testing.cast import Cast, gather
from priyom.testing.doors import visit


@pytest.fixture
def talk(cast: Cast) -> Consultation:
    made = cast.consultation()
    join(cast.anna.actor, made.pk)
    return made


def write(cast: Cast, talk: Consultation, *bodies: str) -> None:
    items = [Item(talk.pk, cast.anna.account.pk, str(uuid4()), "message", body) for body in bodies]
    with connection.cursor() as cursor:
        assert {one.verdict for one in log.append(cursor, items, "test")} == {Verdict.STORED}


def found(cast: Cast, talk: Consultation, text: str) -> list[str]:
    """Return the found words of each hit, joined, in the order of the log."""
    answer = queries.search(cast.anna.actor, talk.pk, text)
    return [
        "|".join(piece.text for piece in hit.pieces if piece.is_found)
        for hit in reversed(answer.hits)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("больная голова", ["Болит|голова", "голове|болей"]),
        ("голове", ["голова", "голове"]),
        ("голов", ["голова", "голове"]),
        ("кашля", ["Кашель"]),
        ("елка", ["Ёлка"]),
        ("ёлками", ["Ёлка"]),
        ("38,5", ["38,5"]),
        ("не п", ["не п"]),
        ("каш", ["Кашель"]),
        ("<b>", ["<b>"]),
        ("'; DROP", []),
        ("& | ! ( :*", []),
        ("  ", []),
        ("зуб", []),
    ],
)
def test_words_are_found_in_any_form(
    cast: Cast, talk: Consultation, text: str, words: list[str]
) -> None:
    write(
        cast,
        talk,
        "Болит голова третий день",
        "О голове и болей нет",
        "Ёлка у дома, <b>аллергия</b>",
        "Температура 38,5 и не падает",
        "Кашель сухой",
    )
    assert found(cast, talk, text) == words


def test_a_snippet_stands_around_the_first_word_and_is_text(cast: Cast, talk: Consultation) -> None:
    write(cast, talk, "слово " * 60 + "аллергия <i>на</i> пыль" + " слово" * 60)
    hit = queries.search(cast.anna.actor, talk.pk, "аллергия").hits[0]
    text = "".join(piece.text for piece in hit.pieces)
    assert text.startswith("… слово")
    assert "аллергия <i>на</i> пыль" in text
    assert len(text) < 200
    page = visit(cast.anna).get(f"/my/consultations/{talk.pk}/search/", {"q": "аллергия"})
    html = page.content.decode()
    assert "<mark>аллергия</mark> &lt;i&gt;на&lt;/i&gt;" in html
    assert f'href="/my/consultations/{talk.pk}/?around={hit.seq}#m{hit.seq}"' in html


def test_only_this_talk_is_searched_and_only_by_its_people(cast: Cast, talk: Consultation) -> None:
    write(cast, talk, "Кашель")
    address = f"/my/consultations/{talk.pk}/search/"
    assert visit(cast.gleb).get(address, {"q": "кашель"}).status_code == 404
    desk = address.replace("/my/", "/desk/")
    assert "<mark>Кашель</mark>" in visit(cast.boris).get(desk, {"q": "кашля"}).content.decode()
    for person in (cast.darya, cast.vera, cast.inna, cast.nina):
        assert visit(person).get(desk, {"q": "кашель"}).status_code == 404
        with pytest.raises(Refusal):
            queries.search(person.actor, talk.pk, "кашель")


def test_a_search_is_in_the_audit_without_its_words(committed_db: None, audit_dsn: str) -> None:
    cast = gather()
    talk = cast.consultation()
    queries.search(cast.boris.actor, talk.pk, "тайное слово")
    with psycopg.connect(audit_dsn) as auditor:
        rows = auditor.execute(
            "SELECT account, patient, result, detail::text FROM audit_event"
            " WHERE action = 'chat.search'"
        ).fetchall()
    assert rows == [(cast.boris.account.pk, cast.anna.card.pk, "read", "{}")]


def test_many_hits_come_in_pages_and_cost_the_same(
    cast: Cast, talk: Consultation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    end = lengthen(cast, talk, 300)
    with django_assert_max_num_queries(8):
        first = queries.search(cast.anna.actor, talk.pk, "сообщения")
    assert [hit.seq for hit in first.hits] == list(range(end, end - SEARCH_PAGE, -1))
    assert first.earlier == end - SEARCH_PAGE + 1
    second = queries.search(cast.anna.actor, talk.pk, "сообщения", first.earlier)
    assert second.hits[0].seq == first.earlier - 1
    part = (
        visit(cast.anna)
        .get(f"/my/consultations/{talk.pk}/search/", {"q": "сообщения", "part": "1"})
        .content.decode()
    )
    assert part.count("data-chat-hit") == SEARCH_PAGE
    assert "<html" not in part
