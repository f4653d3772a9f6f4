"""Ready phrases: own and the organisation's, their fields, and that others' are not found."""

from __future__ import annotations

from uuid import UUID

import pytest

from priyom.chat import phrases, queries
from priyom.chat.actions import add_phrase, edit_phrase, remove_phrase
from priyom.chat.models import Phrase
from priyom.kernel.refusal import Refusal
from priyom.testing.cast import Cast
from priyom.testing.doors import visit

WORDS = "Здравствуйте, {имя отчество пациента}. Я {врач}, приём {Время приема}."


@pytest.mark.parametrize(
    ("title", "body", "field"),
    [
        (" ", "слова", "title"),
        ("т" * 61, "слова", "title"),
        ("Название", " \n", "body"),
        ("Название", "с" * 2001, "body"),
        ("Название", "Ваш диагноз: {диагноз}", "body"),
        ("Название", "скобка { без пары", "body"),
    ],
)
def test_what_cannot_be_a_phrase_says_why(title: str, body: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        phrases.checked(title, body)
    assert refused.value.field == field


def test_fields_are_filled_whatever_their_letters() -> None:
    values = {"имя отчество пациента": "Анна Сергеевна", "врач": "Климов", "время приёма": "14:20"}
    assert phrases.filled(WORDS, values) == "Здравствуйте, Анна Сергеевна. Я Климов, приём 14:20."


def test_a_doctor_keeps_own_and_sees_the_organisations(cast: Cast) -> None:
    own = add_phrase(cast.boris.actor, "  Привет  ствие ", WORDS)
    shared = add_phrase(cast.inna.actor, "Анализы", "Сдайте анализы натощак")
    his = queries.phrases_of(cast.boris.actor)
    assert [one.title for one in his.mine] == ["Привет ствие"]
    assert [one.id for one in his.shared] == [shared]
    hers = queries.phrases_of(cast.inna.actor)
    assert ([one.id for one in hers.mine], hers.shared, hers.is_of_all) == ([shared], (), True)
    assert not queries.phrases_of(cast.darya.actor).mine
    edit_phrase(cast.boris.actor, own, "Приветствие", "Здравствуйте")
    assert Phrase.objects.get(pk=own).body == "Здравствуйте"
    remove_phrase(cast.boris.actor, own)
    with pytest.raises(Refusal):
        remove_phrase(cast.boris.actor, own)


def test_strangers_phrases_are_not_found(cast: Cast) -> None:
    own = add_phrase(cast.boris.actor, "Моя", "Слова")
    shared = add_phrase(cast.inna.actor, "Общая", "Слова")
    for actor, key in ((cast.darya.actor, own), (cast.inna.actor, own), (cast.boris.actor, shared)):
        with pytest.raises(Refusal) as refused:
            edit_phrase(actor, key, "Чужая", "Чужая")
        assert refused.value.code == "missing"
        with pytest.raises(Refusal) as refused:
            remove_phrase(actor, key)
        assert refused.value.code == "missing"
    for actor in (cast.vera.actor, cast.nina.actor, cast.anna.actor):
        with pytest.raises(Refusal) as refused:
            add_phrase(actor, "Название", "Слова")
        assert refused.value.code == "missing"
    assert Phrase.objects.filter(title="Чужая").count() == 0
    answer = visit(cast.darya).post(f"/desk/phrases/{own}/edit/", {"title": "", "body": ""})
    assert answer.status_code == 404, "an invalid form tells no more"


def test_a_title_stands_once_for_an_owner(cast: Cast) -> None:
    add_phrase(cast.boris.actor, "Привет", "Слова")
    add_phrase(cast.darya.actor, "Привет", "Слова")
    add_phrase(cast.inna.actor, "Привет", "Слова")
    other = add_phrase(cast.boris.actor, "Пока", "Слова")
    for act in (
        lambda: add_phrase(cast.boris.actor, "Привет", "Другие"),
        lambda: add_phrase(cast.inna.actor, "Привет", "Другие"),
        lambda: edit_phrase(cast.boris.actor, other, "Привет", "Другие"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "phrase.taken"


def test_an_owner_has_so_many_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "MOST", 2)
    for title in "аб":
        add_phrase(cast.boris.actor, title, "Слова")
    with pytest.raises(Refusal) as refused:
        add_phrase(cast.boris.actor, "в", "Слова")
    assert refused.value.code == "phrase.many"
    add_phrase(cast.darya.actor, "в", "Слова")


def test_they_stand_filled_in_the_talk_of_their_doctor(cast: Cast) -> None:
    talk = cast.consultation()
    add_phrase(cast.boris.actor, "Приветствие", WORDS)
    add_phrase(cast.inna.actor, "Анализы", "Сдайте анализы, {имя отчество пациента}")
    add_phrase(cast.darya.actor, "Чужая", "Слова")
    ready = queries.ready_phrases(cast.boris.actor, talk.pk)
    assert [(one.title, one.is_own) for one in ready] == [("Анализы", False), ("Приветствие", True)]
    assert ready[0].words == "Сдайте анализы, Анна Сергеевна"
    assert ready[1].words.startswith(
        "Здравствуйте, Анна Сергеевна. Я Климов Борис Андреевич, приём"
    )
    assert "{" not in ready[1].words
    address = f"/desk/consultations/{talk.pk}/phrases/"
    assert 'role="option"' in visit(cast.boris).get(address).content.decode()
    for person in (cast.darya, cast.inna, cast.vera, cast.nina):
        assert visit(person).get(address).status_code == 404


def test_the_page_adds_changes_and_removes_without_script(cast: Cast) -> None:
    browser = visit(cast.boris)
    refused = browser.post("/desk/phrases/add/", {"title": "Боль", "body": "Где {где}?"})
    assert refused.status_code == 400
    page = refused.content.decode()
    assert "Поле «{где}» нам неизвестно" in page
    assert "Где {где}?</textarea>" in page, "what was typed is not lost"
    assert browser.post("/desk/phrases/add/", {"title": "Боль", "body": "Где?"}).status_code == 302
    key: UUID = Phrase.objects.get().pk
    wrong = browser.post(f"/desk/phrases/{key}/edit/", {"title": "", "body": "Где болит?"})
    assert wrong.status_code == 400
    assert "Где болит?</textarea>" in wrong.content.decode()
    browser.post(f"/desk/phrases/{key}/edit/", {"title": "Боль", "body": "Где болит?"})
    assert "Где болит?" in browser.get("/desk/phrases/").content.decode()
    browser.post(f"/desk/phrases/{key}/remove/")
    assert "Своих фраз пока нет" in browser.get("/desk/phrases/").content.decode()
