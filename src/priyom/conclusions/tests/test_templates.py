"""Templates of the conclusion: whose they are, what they keep, what they wait for."""

from __future__ import annotations

from typing import Any

import pytest

from priyom.conclusions import actions, blanks, queries, starters
from priyom.conclusions.content import LIMITS, Content, content_of
from priyom.conclusions.models import Conclusion, Template
from priyom.conclusions.rules import Incomplete
from priyom.conclusions.starters import OWNER
from priyom.conclusions.tests.talks import FILLED, Talk
from priyom.kernel.refusal import Refusal
from priyom.testing.doors import visit

WORDS = FILLED | {"recommendations": "Покой [сколько дней]. Питьё."}


def root(talk: Talk) -> str:
    return f"/desk/consultations/{talk.id}/conclusion/"


def offered(talk: Talk) -> list[tuple[str, str]]:
    return [(one.title, one.owner) for one in queries.templates(talk.doctor, talk.id)]


def test_words_are_kept_and_the_draft_with_them(talk: Talk) -> None:
    form = WORDS | {"revision": "0", "template": " ОРВИ,  взрослый "}
    answer = visit(talk.cast.boris).post(f"{root(talk)}template/", form)
    assert answer.status_code == 302
    row = Template.objects.get()
    assert (row.title, row.speciality_id) == ("ОРВИ, взрослый", None)
    assert set(row.values) == {"complaints", "anamnesis", "recommendations"}, "no diagnosis, no t°"
    assert Conclusion.objects.get().recommendations == WORDS["recommendations"]
    text = visit(talk.cast.boris).get(f"{root(talk)}template/").content.decode()
    assert "Покой [сколько дней]. Питьё.&quot;" in text


def test_same_title_is_kept_anew(talk: Talk) -> None:
    for words in ("Покой", "Питьё"):
        actions.keep_template(talk.doctor, "ОРВИ", FILLED | {"recommendations": words})
    assert Template.objects.get().values["recommendations"] == "Питьё"


def test_colleagues_of_the_speciality_are_offered_what_is_shared(talk: Talk) -> None:
    darya = talk.cast.darya
    darya.doctor.speciality = talk.cast.boris.doctor.speciality
    darya.doctor.save()
    actions.keep_template(darya.actor, "Общий", FILLED, is_shared=True)
    actions.keep_template(darya.actor, "Свой", FILLED)
    actions.keep_template(talk.doctor, "Мой", FILLED)
    assert offered(talk) == [("Мой", ""), ("Общий", str(darya.doctor))]
    with pytest.raises(Refusal) as refusal:
        actions.drop_template(talk.doctor, Template.objects.get(title="Общий").pk)
    assert refusal.value.status == 404
    actions.drop_template(darya.actor, Template.objects.get(title="Общий").pk)
    assert offered(talk) == [("Мой", "")]


def test_dropping_keeps_what_was_typed(talk: Talk) -> None:
    row = actions.keep_template(talk.doctor, "Мой", FILLED)
    form = FILLED | {"revision": "0", "complaints": "Кашель"}
    answer = visit(talk.cast.boris).post(f"{root(talk)}template/{row.pk}/drop/", form)
    assert answer.status_code == 302
    assert not Template.objects.exists()
    assert Conclusion.objects.get().complaints == "Кашель"


@pytest.mark.parametrize(
    ("title", "values", "part"),
    [
        ("  ", FILLED, "Назовите шаблон"),
        ("д" * 61, FILLED, "длиннее 60"),
        ("Пустой", {"diagnosis": "J06.9 ОРВИ"}, "нечего взять"),
    ],
)
def test_what_is_no_template_is_refused(
    talk: Talk, title: str, values: dict[str, str], part: str
) -> None:
    with pytest.raises(Refusal, match=part):
        actions.keep_template(talk.doctor, title, values)


def test_templates_are_not_without_end(talk: Talk) -> None:
    for number in range(blanks.MOST):
        actions.keep_template(talk.doctor, f"№ {number}", FILLED)
    actions.keep_template(talk.doctor, "№ 1", FILLED)
    with pytest.raises(Refusal) as refusal:
        actions.keep_template(talk.doctor, "Лишний", FILLED)
    assert refusal.value.status == 409


def test_registrar_and_patient_keep_none(talk: Talk) -> None:
    for actor in (talk.cast.vera.actor, talk.cast.anna.actor):
        with pytest.raises(Refusal) as refusal:
            actions.keep_template(actor, "Чужой", FILLED)
        assert refusal.value.status == 404


def test_paper_with_an_empty_place_is_not_formed(talk: Talk) -> None:
    revision = talk.written(recommendations=WORDS["recommendations"])
    with pytest.raises(Incomplete) as refusal:
        actions.form(talk.doctor, talk.id, revision)
    assert "[сколько дней]" in refusal.value.problems["recommendations"]


@pytest.mark.parametrize("text", ["t 38 [1]", "a[0]", "[]", "[две\nстроки]", "x" * 50 + "]", "["])
def test_other_brackets_are_no_blanks(text: str) -> None:
    assert not blanks.unfilled(Content(recommendations=text))


def test_stale_form_says_so_and_keeps_the_words(talk: Talk, settings: Any) -> None:
    talk.written()
    talk.written(complaints="Новые жалобы")
    form = FILLED | {"revision": "1", "complaints": "Из старой вкладки", "template": "Т"}
    answer = visit(talk.cast.boris).post(f"{root(talk)}template/", form)
    assert answer.status_code == 409
    assert "Из старой вкладки" in answer.content.decode()
    assert not Template.objects.exists()


def test_ready_ones_are_of_the_speciality_and_give_way_to_ones_own(talk: Talk) -> None:
    field = talk.cast.boris.doctor.speciality
    assert offered(talk) == []
    field.code = "49"
    field.save()
    assert ("ОРВИ, взрослый", OWNER) in offered(talk)
    assert "ОРВИ у ребёнка" not in dict(offered(talk))
    page = visit(talk.cast.boris).get(f"{root(talk)}template/").content.decode()
    assert "ОРВИ, взрослый" in page
    assert "template.drop" not in page, "what comes with the program is nobody's to delete"
    actions.keep_template(talk.doctor, "ОРВИ, взрослый", FILLED)
    assert dict(offered(talk))["ОРВИ, взрослый"] == ""
    assert ("ОРВИ, взрослый", OWNER) not in offered(talk)


def test_each_ready_one_fits_the_form_and_waits_for_its_places() -> None:
    codes = {code for found, _ in starters._read() for code in found}
    assert {"49", "25", "35", "37", "71", "41", "2", "16"} <= codes
    for code in codes:
        ready = starters.starters(code)
        assert len({one.title for one in ready}) == len(ready)
        for one in ready:
            content = content_of(one.values)
            assert blanks.checked(one.title, content) == (one.title, one.values)
            assert blanks.unfilled(content), one.title
            assert all(len(text) <= LIMITS[name] for name, text in one.values.items())
