"""The provider's pages, each value escaped where it is put in; no script on any of them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from simulators.esia.people import LEVELS, Person

GROUPS = ("Пациент", "Родитель или опекун", "Без почты", "Упрощённая учётная запись")
MEANING = {
    "openid": "",
    "fullname": "фамилия, имя, отчество и уровень учётной записи",
    "birthdate": "дата рождения",
    "gender": "пол",
    "snils": "СНИЛС",
    "email": "адрес электронной почты",
    "kids": "сведения о детях",
}


def shell(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head><body>'
        '<header role="note"><strong>Это учебный вход, не Госуслуги.</strong> '
        "Все люди здесь вымышлены; настоящий пароль вводить негде и не нужно.</header>"
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def front(home: str) -> str:
    return shell(
        "Учебная ЕСИА",
        f'<p>Сюда ведёт кнопка входа. <a href="{escape(home)}/">К порталу</a></p>',
    )


def wrong(what: str) -> str:
    return shell("Войти не получилось", f"<p>{escape(what)}</p>")


def people(listed: Iterable[Person], words: str, name: str) -> str:
    """The list to choose from, in groups, with a search and the way back."""
    hidden = f'<input type="hidden" name="request" value="{escape(name)}">'
    search = (
        '<form class="search" role="search" action="/sign-in">'
        f'{hidden}<label for="q">Кого найти</label><input id="q" name="q" type="search" '
        f'value="{escape(words)}" placeholder="фамилия или имя"><button>Найти</button></form>'
    )
    rank = {title: place for place, title in enumerate(GROUPS)}
    ordered = sorted(listed, key=lambda one: (rank.get(one.heading, 9), one.heading))
    parts = [
        f"<section><h2>{escape(title)}</h2><ul>{''.join(_row(one) for one in group)}</ul></section>"
        for title, group in groupby(ordered, key=lambda one: one.heading)
    ]
    listing = "".join(parts) or f"<p>Никого с именем «{escape(words)}» нет.</p>"
    return shell(
        "Кто входит?",
        f'{search}<form method="post" action="/consent">{hidden}{listing}</form>'
        f'<form method="post" action="/answer">{hidden}'
        '<button class="quiet" name="answer" value="no">Отказаться и вернуться</button></form>',
    )


def _row(one: Person) -> str:
    facts = [one.note, f"{LEVELS.get(one.level, one.level)} запись"]
    if one.birth_on:
        facts.insert(0, ".".join(reversed(one.birth_on.split("-"))))
    if one.email and not one.email_verified:
        facts.append("почта не подтверждена")
    about = " · ".join(filter(None, facts))
    return (
        f'<li><button name="oid" value="{escape(one.oid)}"><b>{escape(one.name)}</b>'
        f"<small>{escape(about)}</small></button></li>"
    )


def consent(one: Person, scopes: Iterable[str], name: str) -> str:
    """What the portal will get, yes or no."""
    listed = "".join(f"<li>{MEANING[scope]}</li>" for scope in scopes if MEANING[scope])
    hidden = (
        f'<input type="hidden" name="request" value="{escape(name)}">'
        f'<input type="hidden" name="oid" value="{escape(one.oid)}">'
    )
    return shell(
        "Разрешить вход?",
        f"<p>Вы входите как <b>{escape(one.name)}</b>. Портал «Приём» узнает:</p>"
        f'<ul class="facts">{listed}</ul><form class="answers" method="post" action="/answer">'
        f'{hidden}<button class="main" name="answer" value="yes">Разрешить</button>'
        '<button class="quiet" name="answer" value="no">Отказаться</button></form>',
    )
