"""What the head types: hours of a week, an exception, times by hand, a calendar file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from priyom.kernel.clock import MOSCOW
from priyom.schedule.plan import LONGEST, SHORTEST, TURNS, VISITS, Change, Stretch, Turn, Visit
from priyom.schedule.rules import KIND_LABELS, SlotKind, Span

WEEKDAYS = (
    (1, "пн"), (2, "вт"), (3, "ср"), (4, "чт"), (5, "пт"), (6, "сб"), (7, "вс"),
)  # fmt: skip
BREAK = "break"
_TIME = {"required": "Впишите часы.", "invalid": "Часы пишут так: 09:00."}
_DAY = {"required": "Выберите день.", "invalid": "Выберите день."}


def _time(label: str, first: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, initial=first, error_messages=_TIME)


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_DAY)


def _minutes() -> forms.IntegerField:
    text = f"Длительность: от {SHORTEST} до {LONGEST} минут."
    wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), text)
    return forms.IntegerField(
        label="Минут на приём",
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=20,
        error_messages=wrong,
    )


class _Form(forms.Form):
    def first_error(self) -> str:
        """Return the first thing to mend, "" when all is well."""
        return next((str(found[0]) for found in self.errors.values()), "")


class TimesForm(_Form):
    """Times by hand: hours of one day cut into equal visits."""

    day = _day("День")
    opens = _time("С", "09:00")
    closes = _time("До", "12:00")
    minutes = _minutes()
    visit = forms.ChoiceField(label="Приём", choices=list(VISITS.items()))
    kind = forms.ChoiceField(label="Кому", choices=list(KIND_LABELS.items()))

    def span(self) -> Span:
        """Return the hours as instants."""
        got = self.cleaned_data
        opens, closes = (datetime.combine(got["day"], got[x], MOSCOW) for x in ("opens", "closes"))
        return opens, closes

    def use(self) -> dict[str, Any]:
        """Return what the times are for."""
        got = self.cleaned_data
        return {"visit": Visit(got["visit"]), "kind": SlotKind(got["kind"])}

    def clean(self) -> dict[str, Any]:
        """Refuse hours that end before they begin."""
        got = super().clean() or {}
        if got.get("opens") and got.get("closes") and got["opens"] >= got["closes"]:
            raise forms.ValidationError("Конец раньше начала. Проверьте часы.")
        return got


class HoursForm(_Form):
    """Hours or a break on some weekdays."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Дни",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Отметьте хотя бы один день недели."},
    )
    opens = _time("С", "09:00")
    closes = _time("До", "15:00")
    minutes = _minutes()
    visit = forms.ChoiceField(label="Что это", choices=[*VISITS.items(), (BREAK, "перерыв")])
    kind = forms.ChoiceField(label="Кому", choices=list(KIND_LABELS.items()))

    def stretches(self) -> tuple[Stretch, ...]:
        """Return the hours of each weekday."""
        got = self.cleaned_data
        is_break = got["visit"] == BREAK
        visit = Visit.FIRST if is_break else Visit(got["visit"])
        return tuple(
            Stretch(
                weekday, got["opens"], got["closes"], got["minutes"],
                visit, SlotKind(got["kind"]), is_break,
            )
            for weekday in got["weekdays"]
        )  # fmt: skip


class DeviationForm(_Form):
    """Days that are not as the plan says."""

    first = _day("С")
    last = _day("По")
    turn = forms.ChoiceField(label="Что в эти дни", choices=list(TURNS.items()))
    opens = forms.TimeField(label="С часов", required=False, error_messages=_TIME,
                            widget=forms.TimeInput(attrs={"type": "time"}))  # fmt: skip
    closes = forms.TimeField(label="До часов", required=False, error_messages=_TIME,
                             widget=forms.TimeInput(attrs={"type": "time"}))  # fmt: skip
    for_all = forms.BooleanField(label="Для всех врачей поликлиники", required=False)
    reason = forms.CharField(label="Почему", max_length=200, required=False)

    def change(self) -> Change:
        """Return the exception; half a day without hours is refused by its rule."""
        got = self.cleaned_data
        base = Change(got["first"], got["last"], Turn(got["turn"]))
        if base.turn is not Turn.PART:
            return base
        opens, closes = got["opens"] or base.closes, got["closes"] or base.opens
        return Change(base.first, base.last, base.turn, opens, closes)


class CalendarForm(_Form):
    """An .ics file and what its events are."""

    file = forms.FileField(
        label="Файл календаря (.ics)",
        error_messages={"required": "Выберите файл .ics.", "empty": "Файл пустой."},
    )
    meaning = forms.ChoiceField(
        label="Что в нём",
        choices=[("times", "время приёма"), ("away", "отсутствие")],
    )
    minutes = _minutes()
