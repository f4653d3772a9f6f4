"""What the templates of the room ask of a conclusion's content."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django import template

from priyom.conclusions.content import Content
from priyom.conclusions.plotting import Plot, plots_of

register = template.Library()


@register.filter
def plots(content: Content) -> tuple[Plot, ...]:
    """Return a plot for each measure with several values."""
    return plots_of(content)


@register.filter
def as_json(values: Mapping[str, str]) -> str:
    """Return a mapping as JSON, for an attribute that a script reads; the page escapes it."""
    return json.dumps(dict(values), ensure_ascii=False)
