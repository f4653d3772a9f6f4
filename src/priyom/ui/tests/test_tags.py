"""Tags draw what the server allows, tie words to fields, and escape what people typed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template

from priyom.kernel import clock
from priyom.kernel.offer import Offer
from priyom.ui.widgets import DateBoxes

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def draw(text: str, **context: object) -> str:
    with clock.frozen(NOW):
        return Template("{% load ui %}" + text).render(Context({"csrf_token": "t0ken", **context}))


class Sample(forms.Form):
    email = forms.EmailField(label="Почта", help_text="Пришлём ссылку")
    note = forms.CharField(label="Примечание", required=False)
    born_on = forms.DateField(label="Дата рождения", widget=DateBoxes())
    whom = forms.ChoiceField(
        label="Кому", widget=forms.RadioSelect, choices=[("self", "Мне"), ("child", "Ребёнку")]
    )


def test_allowed_offer_is_a_form_with_its_act() -> None:
    html = draw(
        '{% offer o "x.begin" %}', o=[Offer("x.begin", "Начать", True, url="/go", style="main")]
    )
    assert 'action="/go"' in html
    assert 'data-act="x.begin"' in html
    assert "t0ken" in html
    assert "button main" in html


def test_refused_offer_says_why_and_from_when() -> None:
    later = NOW + timedelta(hours=2, minutes=10)
    one = Offer("x.begin", "Начать", False, "Пациент ещё не вошёл.", later, "/go")
    html = draw('{% offer o "x.begin" %}', o={"x.begin": one})
    assert "<form" not in html
    assert "disabled" in html
    assert "Пациент ещё не вошёл. Можно с\xa014:10" in html


def test_offer_with_a_reason_works_without_script() -> None:
    html = draw(
        '{% offer o "x.return" %}', o=[Offer("x.return", "Вернуть", True, needs_reason=True)]
    )
    assert "<details>" in html
    assert 'name="reason"' in html


def test_what_is_not_offered_is_not_drawn() -> None:
    assert draw('{% offer o "x.other" %}', o=[]).strip() == ""
    assert draw('{% offer o "x.other" %}').strip() == ""


def test_field_ties_hint_and_error_to_the_control() -> None:
    form = Sample({"email": "<b>@"})
    html = draw("{% field form.email %}", form=form)
    assert 'aria-describedby="id_email-hint id_email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'for="id_email"' in html
    assert "<b>@" not in html


def test_field_says_what_is_not_required() -> None:
    assert "не обязательно" in draw("{% field form.note %}", form=Sample())
    assert "не обязательно" not in draw("{% field form.email %}", form=Sample())


def test_choices_stand_in_a_fieldset() -> None:
    html = draw("{% field form.whom %}", form=Sample())
    assert "<fieldset" in html
    assert html.count('type="radio"') == 2


@pytest.mark.parametrize(
    ("day", "month", "year", "got"),
    [("12", "3", "1984", date(1984, 3, 12)), ("31", "2", "1984", None), ("", "", "", None)],
)
def test_date_boxes_give_a_date(day: str, month: str, year: str, got: date | None) -> None:
    data = {"email": "a@b.ru", "whom": "self"}
    data |= {"born_on_day": day, "born_on_month": month, "born_on_year": year}
    form = Sample(data)
    form.is_valid()
    assert form.cleaned_data.get("born_on") == got
    assert ("born_on" in form.errors) == (got is None)


def test_wrong_date_is_shown_again() -> None:
    data = {"born_on_day": "31", "born_on_month": "2", "born_on_year": "1984"}
    html = draw("{% field form.born_on %}", form=Sample(data))
    assert 'value="31"' in html
    assert "Такой даты нет" in html


def test_times_and_names() -> None:
    at = NOW + timedelta(hours=2, minutes=20)
    assert draw("{{ at|promise }}", at=at) == "сегодня, 14:20\xa0(МСК)"
    assert draw("{{ at|waited }}", at=NOW - timedelta(minutes=190)) == "3\xa0ч 10\xa0мин"
    assert draw("{{ n|short_name }}", n="Иванова Анна Сергеевна") == "Иванова\xa0А.\xa0С."
    assert draw("{{ n|initials }}", n="Иванова Анна Сергеевна") == "ИА"
    assert draw("{{ b|age }}", b=date(1984, 12, 1)) == "41\xa0год"


def test_icon_speaks_only_when_asked() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "mic" %}')
    assert 'aria-label="Записать"' in draw('{% icon "mic" "Записать" %}')


def test_addresses_in_a_text_become_links_and_nothing_else_does() -> None:
    typed = 'См. <b>https://example.org/a?b=1&c=2</b>, javascript:alert(1) и "http://x.ru".'
    made = draw("{{ typed|linked }}", typed=typed)
    assert made.count("<a ") == 2
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener nofollow" target' in made
    assert "&lt;b&gt;" in made
    assert "<b>" not in made
