"""Form widgets that suit people: a date as three boxes, nobody turns a calendar back to 1957."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from priyom.kernel.words import MONTHS


class DateBoxes(forms.Widget):
    """Day, month by its name, year; gives ISO text to a DateField, works without script.

    `birth=True` lets browsers fill in the person's own birth date.
    """

    template_name = "ui/date_boxes.html"
    is_boxes = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, birth: bool = False) -> None:
        super().__init__(attrs)
        self.birth = birth

    def use_required_attribute(self, initial: object) -> bool:
        """Leave "required" to the server: its words are better than the browser's."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Point the label at the first box."""
        return f"{id_}_day" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the three parts and the months."""
        context = super().get_context(name, value, attrs)
        year, month, day = self.parts(value)
        context["widget"].update(
            year=year, month=month, day=day, birth=self.birth, months=list(enumerate(MONTHS, 1))
        )
        return context

    @staticmethod
    def parts(value: object) -> tuple[str, str, str]:
        """Return year, month, day as typed; ("", "", "") for nothing."""
        if isinstance(value, date):
            return str(value.year), str(value.month), str(value.day)
        pieces = str(value or "").split("-")
        return (pieces[0], pieces[1], pieces[2]) if len(pieces) == 3 else ("", "", "")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        """Return «1984-3-12», nothing as None; odd parts stay, the field refuses and shows them."""
        got = [str(data.get(f"{name}_{part}", "")).strip() for part in ("year", "month", "day")]
        if not any(got):
            return data.get(name) or None
        return "-".join(got)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether no box came with the form."""
        return not any(
            key in data for key in (name, f"{name}_day", f"{name}_month", f"{name}_year")
        )
