"""What every template knows: how this person wants the pages to look, kept in two cookies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

VISION_COOKIE = "priyom_vision"
THEME_COOKIE = "priyom_theme"
PALETTES = {
    "high": "чёрным по белому",
    "inverse": "белым по чёрному",
    "yellow": "жёлтым по чёрному",
}
SIZES = {"20": "крупные", "24": "крупнее", "28": "самые крупные"}
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Look:
    """«Версия для слабовидящих» (palette and letters, "" when off), theme ("": the system's)."""

    palette: str = ""
    size: str = ""
    theme: str = ""
    palettes = tuple(PALETTES.items())
    sizes = tuple(SIZES.items())

    @property
    def attributes(self) -> SafeString:
        """The attributes of <html> that the style sheet listens to."""
        if self.palette:
            return format_html(
                'data-vision="high" data-palette="{}" data-size="{}"', self.palette, self.size
            )
        return format_html('data-theme="{}"', self.theme) if self.theme else SafeString("")


def look_of(request: HttpRequest) -> Look:
    """Read the cookies; anything unknown in them counts as not set."""
    palette, _, size = request.COOKIES.get(VISION_COOKIE, "").partition(".")
    theme = request.COOKIES.get(THEME_COOKIE, "")
    if palette not in PALETTES:
        palette = size = ""
    elif size not in SIZES:
        size = "20"
    return Look(palette, size, theme if theme in THEMES else "")


def look(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `look`, and where the switches lead back to."""
    return {"look": look_of(request), "look_next": request.get_full_path()}
