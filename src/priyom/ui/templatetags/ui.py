"""{% load ui %}: icons, offers, form fields, Russian dates and names, styles and scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from priyom.kernel import clock, words
from priyom.kernel.offer import Offer
from priyom.kernel.phones import show_phone
from priyom.ui.sheet import sheet

register = template.Library()

BEHAVIOURS = (
    "attention",
    "autosubmit",
    "clock",
    "counter",
    "dialog",
    "early",
    "fill",
    "focus",
    "keep",
    "keys",
    "menu",
    "offline",
    "once",
    "toast",
    "unsent",
)


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """Draw one Lucide icon; with `label` it speaks, without it is hidden from screen readers."""
    use = f"{static('ui/vendor/lucide/sprite.svg')}#{name}"
    classes = f"icon {size}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            use,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, use
    )


@register.simple_tag
def ui_styles() -> SafeString:
    """Link the joined style sheet and fetch the two font files early."""
    fonts = format_html_join(
        "",
        '<link rel="preload" as="font" type="font/woff2" crossorigin href="{}">',
        ((static(f"ui/vendor/golos/golos-{part}.woff2"),) for part in ("cyrillic", "latin")),
    )
    href = reverse("ui:styles", args=[sheet().digest])
    return format_html('{}<link rel="stylesheet" href="{}">', fonts, href)


@register.simple_tag
def ui_scripts() -> SafeString:
    """Load app.js and tell it where the behaviours are: a map of names, read as data."""
    paths = {name: static(f"ui/behaviours/{name}.js") for name in BEHAVIOURS}
    return format_html(
        '<script type="module" src="{}" data-behaviours="{}" id="ui-app"></script>',
        static("ui/app.js"),
        json.dumps(paths),
    )


@register.inclusion_tag("ui/offer.html", takes_context=True)
def offer(
    context: template.Context,
    offers: Offer | Mapping[str, Offer] | Iterable[Offer] | None,
    act: str = "",
    **options: Any,
) -> dict[str, Any]:
    """Draw the offer `act` as a form with one button, or say why not yet; nothing when not offered.

    Options: `classes` of the button, `icon`, `label` (other words), `key` («N», shown as kbd),
    `next` and `version` (hidden fields), `url`, `style`, `reason_label`, `reason_hint`.
    """
    return {
        "offer": _find(offers, act),
        "csrf_token": context.get("csrf_token"),
        "options": options,
    }


def _find(offers: Offer | Mapping[str, Offer] | Iterable[Offer] | None, act: str) -> Offer | None:
    if offers is None or isinstance(offers, Offer):
        return offers
    if isinstance(offers, Mapping):
        return offers.get(act)
    return next((one for one in offers if one.act == act), None)


@register.filter
def allows(offers: Mapping[str, Offer] | Iterable[Offer] | None, act: str) -> bool:
    """Say whether the act is offered and allowed now."""
    found = _find(offers, act)
    return bool(found and found.allowed)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """Draw a form's field: label, hint, control, error beside it, tied by aria-describedby.

    Options: `label`, `hint`, `classes` of the control (short, middle), `inline` (choices in a row),
    `rows`, `placeholder`, `autocomplete`, `inputmode`, `counter` (characters left), `autofocus`,
    `bare` (one checkbox).
    """
    widget = bound.field.widget
    kind = _kind(widget)
    hint = options.get("hint") or bound.help_text
    described = [f"{bound.id_for_label or bound.html_name}-hint"] if hint else []
    if bound.errors:
        described.append(f"{bound.id_for_label or bound.html_name}-error")
    attributes: dict[str, Any] = {
        "class": f"input {options.get('classes', '')}".strip(),
        **{
            name: options[name]
            for name in ("rows", "placeholder", "autocomplete", "inputmode")
            if name in options
        },
    }
    if kind == "choices":
        attributes.pop("class")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if options.get("autofocus"):
        attributes["autofocus"] = True
    if options.get("counter"):
        attributes["data-behaviour"] = "counter"
    return {
        "bound": bound,
        "kind": kind,
        "hint": hint,
        "options": options,
        "label": options.get("label") or bound.label,
        "id": bound.id_for_label or bound.html_name,
        "described": " ".join(described),
        "control": "" if kind in ("choices", "checkbox") else bound.as_widget(attrs=attributes),
        "is_optional": not bound.field.required and kind != "checkbox",
    }


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "boxes" if getattr(widget, "is_boxes", False) else "plain"


@register.filter
def when(instant: datetime | None) -> str:
    """«сегодня, 14:20»: for what has happened."""
    return words.when(instant, clock.today()) if instant else ""


@register.filter
def promise(instant: datetime | None) -> str:
    """«сегодня, 14:20 (МСК)»: for a time somebody must keep."""
    return words.promise(instant, clock.today()) if instant else ""


@register.filter
def by(instant: datetime | None) -> str:
    """«до 18:00», «до завтра, 12:00»: until when somebody must answer."""
    return words.by(instant, clock.today()) if instant else ""


@register.filter
def since(instant: datetime | None) -> str:
    """«с 14:10 (МСК)», «с 25 ноября, 14:10 (МСК)»: from when something may be done."""
    return words.since(instant, clock.today()) if instant else ""


@register.filter
def exact(instant: datetime | None) -> str:
    """«23 ноября 2026, 14:20 (МСК)»: for papers."""
    return words.exact(instant) if instant else ""


@register.filter
def hhmm(instant: datetime | None) -> str:
    """«14:20»."""
    return words.clock_time(instant) if instant else ""


@register.filter
def until(start: datetime, end: datetime) -> str:
    """{{ start|until:end }} → «сегодня, 14:20–14:40 (МСК)»."""
    return words.span(start, end, clock.today())


@register.filter
def lasts(length: timedelta | None) -> str:
    """«3 ч 10 мин», or a dash where nothing was measured."""
    return "—" if length is None else words.waited(length)


@register.filter
def stamp(instant: datetime | None) -> str:
    """The machine's form, for <time datetime>."""
    return words.moscow(instant).isoformat() if instant else ""


@register.filter
def moment(instant: datetime | None) -> SafeString:
    """«сегодня, 14:20» inside <time> with the exact instant."""
    if instant is None:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', stamp(instant), when(instant))


def _date(value: date | datetime) -> date:
    return words.moscow(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """«сегодня», «завтра», «23 ноября»."""
    return words.day_label(_date(value), clock.today()) if value else ""


@register.filter
def weekday(value: date | datetime | None) -> str:
    """«понедельник, 23 ноября»."""
    return words.weekday_label(_date(value), clock.today()) if value else ""


@register.filter
def slots_day(value: date | datetime | None) -> str:
    """«сегодня, пн 23 ноября»."""
    return words.short_weekday_label(_date(value), clock.today()) if value else ""


@register.filter
def month(value: date | None) -> str:
    """«ноябрь 2026»."""
    return words.month(value) if value else ""


@register.filter
def numeric(value: date | datetime | None) -> str:
    """«12.03.1984»."""
    return words.numeric(_date(value)) if value else ""


@register.filter
def waited(value: datetime | timedelta | None) -> str:
    """«3 ч 10 мин» since the instant, or of the given length."""
    if value is None:
        return ""
    return words.waited(value if isinstance(value, timedelta) else clock.now() - value)


@register.filter
def lasted(value: timedelta | int | None) -> str:
    """«4:12» of a timedelta or of seconds."""
    if value is None:
        return ""
    return words.lasted(value if isinstance(value, timedelta) else timedelta(seconds=value))


@register.filter
def age(birth: date | None) -> str:
    """«41 год» today."""
    return words.age(birth, clock.today()) if birth else ""


@register.filter
def phone(e164: str | None) -> str:
    """Return «+7 921 555-10-20»."""
    return show_phone(e164 or "")


_ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:)])")
"""Web addresses in what people typed; chat/words.js has the same."""


@register.filter
def linked(text: str) -> SafeString:
    """Return a text, escaped, with its http(s) addresses as links that give nothing away."""
    link = '<a href="{0}" rel="noopener nofollow" target="_blank">{0}</a>'
    pieces = ((link if n % 2 else "{}", piece) for n, piece in enumerate(_ADDRESS.split(text)))
    return mark_safe("".join(format_html(pattern, piece) for pattern, piece in pieces))  # noqa: S308


@register.filter
def filesize(count: int | None) -> str:
    """«4,2 МБ»."""
    return words.size(count or 0)


@register.filter
def ruplural(n: int, forms_: str) -> str:
    """{{ n|ruplural:"день,дня,дней" }} → «2 дня»."""
    one, few, many = forms_.split(",")
    return words.plural(n, one, few, many)


def _parts(person: Any) -> tuple[str, str, str]:
    """Name parts of anything with surname, name (or first_name), patronymic; a string is split."""
    if isinstance(person, str):
        parts = [*person.split(), "", "", ""][:3]
        return parts[0], parts[1], parts[2]
    first = getattr(person, "name", None) or getattr(person, "first_name", "")
    surname = getattr(person, "surname", None) or getattr(person, "last_name", "")
    return str(surname or ""), str(first or ""), str(getattr(person, "patronymic", "") or "")


@register.filter
def full_name(person: Any) -> str:
    """«Иванова Анна Сергеевна»."""
    return words.full_name(*_parts(person)) if person else ""


@register.filter
def short_name(person: Any) -> str:
    """«Иванова А. С.»."""
    return words.short_name(*_parts(person)) if person else ""


@register.filter
def initials(person: Any) -> str:
    """«ИА», for an avatar."""
    surname, first, _ = _parts(person) if person else ("", "", "")
    return words.initials(surname, first)
