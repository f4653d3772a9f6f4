"""The draft is kept as typed, and no tab overwrites another one's words."""

from __future__ import annotations

import pytest

from priyom.conclusions import actions
from priyom.conclusions.models import Conclusion
from priyom.conclusions.rules import Stale
from priyom.conclusions.tests.talks import FILLED, Talk
from priyom.kernel.refusal import Refusal
from priyom.testing.race import race


def test_first_words_begin_the_draft(talk: Talk) -> None:
    saved = actions.save(talk.doctor, talk.id, {"complaints": "Каш"}, 0)
    row = Conclusion.objects.get(consultation=talk.row)
    assert (saved.revision, row.complaints, row.state) == (1, "Каш", "draft")
    assert len(row.check_code) == 20


def test_each_save_has_its_number(talk: Talk) -> None:
    first = actions.save(talk.doctor, talk.id, {"complaints": "Каш"}, 0)
    second = actions.save(talk.doctor, talk.id, {"complaints": "Кашель"}, first.revision)
    assert second.revision == 2


def test_repeat_of_a_lost_answer_is_no_conflict(talk: Talk) -> None:
    actions.save(talk.doctor, talk.id, {"complaints": "Кашель"}, 0)
    again = actions.save(talk.doctor, talk.id, {"complaints": "Кашель"}, 0)
    assert again.revision == 1


def test_older_tab_is_told_and_overwrites_nothing(talk: Talk) -> None:
    actions.save(talk.doctor, talk.id, {"complaints": "Новое"}, 0)
    with pytest.raises(Stale) as refused:
        actions.save(talk.doctor, talk.id, {"complaints": "Старое"}, 0)
    assert refused.value.revision == 1
    assert Conclusion.objects.get(consultation=talk.row).complaints == "Новое"


def test_two_tabs_write_the_first_line_at_once(committed_talk: Talk) -> None:
    talk = committed_talk
    outcomes = race(
        *(
            lambda text=text: actions.save(talk.doctor, talk.id, {"complaints": text}, 0)
            for text in ("один", "два", "три")
        )
    )
    refused = [one for one in outcomes if isinstance(one, Stale)]
    assert len(refused) == 2
    assert Conclusion.objects.filter(consultation=talk.row).count() == 1


def test_half_a_number_is_kept(talk: Talk) -> None:
    actions.save(talk.doctor, talk.id, {"temperature": "38,", "pressure": "120/"}, 0)
    row = Conclusion.objects.get(consultation=talk.row)
    assert (row.temperature, row.pressure) == ("38,", "120/")


def test_stranger_cannot_save(talk: Talk) -> None:
    cast = talk.cast
    for actor in (
        cast.darya.actor, cast.vera.actor, cast.inna.actor, cast.nina.actor,
        cast.anna.actor, cast.gleb.actor,
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            actions.save(actor, talk.id, FILLED, 0)
        assert refused.value.kind == "missing"
    assert not Conclusion.objects.exists()


def test_nothing_is_saved_while_it_waits_for_the_signature(talk: Talk) -> None:
    row = talk.formed()
    with pytest.raises(Refusal) as refused:
        actions.save(talk.doctor, talk.id, {"complaints": "ещё"}, row.revision)
    assert refused.value.code == "conclusion.not_open"


def test_nothing_is_saved_after_the_end(talk: Talk) -> None:
    talk.signed()
    with pytest.raises(Refusal) as refused:
        actions.save(talk.doctor, talk.id, FILLED, 1)
    assert refused.value.kind == "conflict"
