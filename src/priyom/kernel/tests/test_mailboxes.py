"""Mistyped addresses are asked about; right ones, also rare ones, never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.kernel.mailboxes import KNOWN, suggest


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.con", "anna@gmail.com"),
        ("anna@gmail.ru", "anna@gmail.com"),
        ("anna@gmai.com", "anna@gmail.com"),
        ("anna@mali.ru", "anna@mail.ru"),
        ("anna@mai.ru", "anna@mail.ru"),
        ("anna@mail.ry", "anna@mail.ru"),
        ("anna@yadnex.ru", "anna@yandex.ru"),
        ("anna@yandex,ru", "anna@yandex.ru"),
        ("anna@ya.tu", "anna@ya.ru"),
        ("anna@mail", "anna@mail.ru"),
        ("anna@www.mail.ru", "anna@mail.ru"),
        ("anna ivanova@mail.ru", "annaivanova@mail.ru"),
        ("аnna@mail.ru", "anna@mail.ru"),  # the first letter is Russian
        ("anna@mаil.ru", "anna@mail.ru"),
        ("anna@mail.ru.", "anna@mail.ru"),
        ("Anna@GMIAL.com", "Anna@gmail.com"),
    ],
)
def test_a_slip_is_asked_about(typed: str, meant: str) -> None:
    assert suggest(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "anna@mail.ru",
        "ANNA@Mail.Ru",
        "anna@spbu.edu",
        "anna@p38.example",
        "анна@почта.рф",
        "a.b+c@hospital-38.spb.ru",
        "anna@mail.by",
        "anna@yandex.kz",
        "anna@eu.int",
        "anna",
        "@mail.ru",
        "",
    ],
)
def test_a_right_address_is_not(typed: str) -> None:
    assert suggest(typed) == ""


@given(st.sampled_from(KNOWN), st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True))
def test_no_known_domain_is_doubted(domain: str, name: str) -> None:
    assert suggest(f"{name}@{domain}") == ""


@given(st.text("abcgmilrudyanex.,@ аое", max_size=40))
def test_what_is_meant_is_meant_still_when_asked_again(text: str) -> None:
    assert suggest(suggest(text)) == ""
