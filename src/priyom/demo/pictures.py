"""Photos as patients take them, drawn: a thermometer, an oximeter, a tonometer, skin."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 900)
Ink = tuple[int, int, int]
_CLOTHS: tuple[Ink, ...] = ((196, 178, 158), (150, 168, 176), (186, 160, 166), (168, 176, 150))
_SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
    "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip
_SKIN: Ink = (222, 178, 152)


def photo(kind: str, value: str) -> bytes:
    """Return a JPEG of the thing showing `value` («38,4», «150/95»); skin needs none."""
    chance = random.Random(f"{kind} {value}")
    picture = _DRAW[kind](value, chance)
    turned = picture.rotate(chance.uniform(-4, 4), resample=Image.Resampling.BICUBIC)
    inside = turned.crop((60, 50, SIZE[0] - 60, SIZE[1] - 50))
    out = io.BytesIO()
    inside.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=78)
    return out.getvalue()


def _cloth(chance: random.Random) -> Image.Image:
    """Return a table cloth under a lamp: noise, lighter in the middle."""
    red, green, blue = chance.choice(_CLOTHS)
    small = Image.new("RGB", (60, 45))
    pixels = []
    for y in range(45):
        for x in range(60):
            light = 1.12 - ((x - 30) ** 2 + (y - 20) ** 2) / 2600 + chance.uniform(-0.05, 0.05)
            pixels.append(tuple(min(255, int(part * light)) for part in (red, green, blue)))
    small.putdata(pixels)
    return small.resize(SIZE, Image.Resampling.BICUBIC)


def _box(
    draw: ImageDraw.ImageDraw, area: tuple[int, int, int, int], fill: Ink, radius: int
) -> None:
    x, y, right, bottom = area
    shade = (x + 10, y + 16, right + 10, bottom + 16)
    draw.rounded_rectangle(shade, radius, fill=(96, 88, 80))
    draw.rounded_rectangle(area, radius, fill=fill)


def _digits(
    draw: ImageDraw.ImageDraw, text: str, at: tuple[int, int], height: int, ink: Ink
) -> None:
    """Draw seven-segment digits; a comma takes little room."""
    x, y = at
    wide, thick = height // 2, height // 9
    half = y + height // 2
    for sign in text:
        if sign in ",.":
            draw.ellipse((x, y + height - thick, x + thick, y + height), fill=ink)
            x += thick * 2
            continue
        right, low = x + wide, y + height
        bars = {
            "a": ((x, y), (right, y)), "b": ((right, y), (right, half)),
            "c": ((right, half), (right, low)), "d": ((x, low), (right, low)),
            "e": ((x, half), (x, low)), "f": ((x, y), (x, half)), "g": ((x, half), (right, half)),
        }  # fmt: skip
        for segment in _SEGMENTS.get(sign, ""):
            draw.line(bars[segment], fill=ink, width=thick)
        x += wide + thick * 2


def _thermometer(value: str, chance: random.Random) -> Image.Image:
    picture = _cloth(chance)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(140, 440), (330, 400), (330, 500)], fill=(206, 210, 214))
    _box(draw, (310, 360, 1040, 540), (242, 244, 246), 70)
    draw.rounded_rectangle((430, 395, 790, 505), 14, fill=(184, 196, 178))
    _digits(draw, value, (480, 412), 76, (38, 46, 42))
    draw.ellipse((880, 410, 960, 490), fill=(86, 140, 190))
    return picture


def _oximeter(value: str, chance: random.Random) -> Image.Image:
    picture = _cloth(chance)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((120, 330, 560, 590), fill=_SKIN)
    draw.rectangle((0, 330, 340, 590), fill=_SKIN)
    _box(draw, (380, 280, 960, 640), (58, 84, 132), 90)
    draw.rounded_rectangle((460, 340, 860, 580), 20, fill=(12, 14, 18))
    _digits(draw, value, (490, 400), 112, (220, 60, 50))
    _digits(draw, str(chance.randint(68, 88)), (690, 400), 112, (70, 190, 220))
    return picture


def _tonometer(value: str, chance: random.Random) -> Image.Image:
    picture = _cloth(chance)
    draw = ImageDraw.Draw(picture)
    _box(draw, (330, 130, 900, 800), (232, 234, 236), 60)
    draw.rounded_rectangle((400, 190, 830, 640), 18, fill=(178, 190, 174))
    high, _, low = value.partition("/")
    for row, text in enumerate((high, low, str(chance.randint(66, 92)))):
        _digits(draw, text, (560 - 60 * (len(text) - 2), 225 + row * 140), 100, (36, 44, 40))
    draw.ellipse((560, 680, 670, 770), fill=(80, 150, 120))
    return picture


def _skin(value: str, chance: random.Random) -> Image.Image:
    picture = Image.new("RGB", SIZE, _SKIN)
    draw = ImageDraw.Draw(picture)
    for _ in range(900):
        x, y, tone = chance.randrange(SIZE[0]), chance.randrange(SIZE[1]), chance.randint(-8, 8)
        ink = tuple(part + tone for part in _SKIN)
        draw.ellipse((x, y, x + 24, y + 24), fill=ink)
    spots = 1 if "одинк" in value else 60
    for _ in range(spots):
        size = 120 if spots == 1 else chance.randint(14, 52)
        x, y = int(chance.gauss(600, 210)), int(chance.gauss(440, 150))
        ink = (112, 76, 58) if spots == 1 else (214, chance.randint(96, 138), 112)
        draw.ellipse((x, y, x + size, y + size * chance.uniform(0.7, 1.1)), fill=ink)
    return picture.filter(ImageFilter.GaussianBlur(4))


_DRAW: dict[str, Callable[[str, random.Random], Image.Image]] = {
    "thermometer": _thermometer,
    "oximeter": _oximeter,
    "tonometer": _tonometer,
    "skin": _skin,
}
