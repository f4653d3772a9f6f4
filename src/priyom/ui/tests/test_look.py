"""«Версия для слабовидящих» is one tap, is kept, and leads back only to our own pages."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from priyom.ui import views
from priyom.ui.context import look_of


def switch(query: str, **cookies: str) -> HttpResponse:
    request = RequestFactory().get(f"/ui/vision?{query}")
    request.COOKIES.update(cookies)
    return views.vision(request)


def test_one_tap_switches_and_is_kept_for_a_year() -> None:
    answer = switch("to=high&next=/my/")
    kept = answer.cookies["priyom_vision"]
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert kept.value == "high.20"
    assert kept["max-age"] == views.YEAR


def test_letters_grow_without_losing_the_colours() -> None:
    answer = switch("size=28&next=/my/", priyom_vision="yellow.20")
    assert answer.cookies["priyom_vision"].value == "yellow.28"


def test_switching_off_forgets() -> None:
    answer = switch("to=off", priyom_vision="high.20")
    assert answer.cookies["priyom_vision"]["max-age"] == 0


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_it_never_leads_to_strangers(target: str) -> None:
    assert switch(f"to=high&next={target}")["Location"] == "/"


def test_nonsense_in_cookies_counts_as_not_set() -> None:
    request = RequestFactory().get("/")
    request.COOKIES.update(priyom_vision='"><script>.99', priyom_theme="pink")
    assert look_of(request).attributes == ""


def test_theme_is_kept_and_can_follow_the_system_again() -> None:
    kept = views.theme(RequestFactory().get("/ui/theme?to=dark")).cookies["priyom_theme"]
    gone = views.theme(RequestFactory().get("/ui/theme?to=auto")).cookies["priyom_theme"]
    assert kept.value == "dark"
    assert gone["max-age"] == 0
