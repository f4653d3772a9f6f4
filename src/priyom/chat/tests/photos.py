"""Photos as patients send them, made: good ones, and each spoiled in one way."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Plane = NDArray[np.float64]
SIZES = ((1200, 900), (1600, 1200), (900, 1200), (2000, 1500), (1280, 960), (1440, 1920))
WRONGS = ("good", "blurred", "dark", "small")


def corpus(seed: str, each: int = 10) -> Iterator[tuple[str, str, bytes]]:
    """Yield (what is wrong, name, JPEG): `each` of every kind, over scenes, sizes and grains."""
    for wrong in WRONGS:
        for number in range(each):
            chance = random.Random(f"{seed} {wrong} {number}")
            scene = list(_SCENES)[number % len(_SCENES)]
            size = chance.choice(SIZES)
            picture = _SCENES[scene](chance, size)
            picture = _SPOIL[wrong](picture, chance)
            picture = _grain(picture, chance.uniform(1, 9), number)
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=chance.randint(68, 92))
            yield (
                wrong,
                f"{wrong}-{number}-{scene}-{picture.width}x{picture.height}",
                out.getvalue(),
            )


def _texture(chance: random.Random, size: tuple[int, int], octaves: int = 7) -> Plane:
    """Noise of many scales, −1…1, as skin, cloth and paper have it; the finest is one pixel."""
    dice = np.random.default_rng(chance.getrandbits(32))
    total = np.zeros((size[1], size[0]))
    for octave in range(octaves):
        step = 2**octave
        small = dice.normal(0, 1, (size[1] // step + 2, size[0] // step + 2)).astype(np.float32)
        layer = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
        total += np.asarray(layer) * step**0.55
    return np.asarray(total / np.abs(total).max())


def _ground(
    chance: random.Random, size: tuple[int, int], ink: tuple[int, ...], depth: float
) -> Image.Image:
    plane = _texture(chance, size)[..., None] * depth + np.array(ink)
    lamp = np.linspace(chance.uniform(0.8, 1.0), chance.uniform(0.95, 1.1), size[0])[None, :, None]
    return Image.fromarray(np.clip(plane * lamp, 0, 255).astype(np.uint8))


def _skin(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    ink = chance.choice(((222, 178, 152), (196, 148, 120), (150, 104, 80), (104, 70, 54)))
    picture = _ground(chance, size, ink, 26)
    pen = ImageDraw.Draw(picture)
    for _ in range(chance.randint(20, 90)):
        x, y = chance.gauss(size[0] / 2, size[0] / 6), chance.gauss(size[1] / 2, size[1] / 6)
        width = chance.uniform(0.006, 0.035) * size[0]
        red = (min(255, ink[0] + 10), int(ink[1] * chance.uniform(0.45, 0.7)), int(ink[2] * 0.6))
        pen.ellipse((x, y, x + width, y + width * chance.uniform(0.6, 1.1)), fill=red)
    for _ in range(120):
        x, y = chance.uniform(0, size[0]), chance.uniform(0, size[1])
        length = size[0] * 0.02
        pen.line((x, y, x + length, y + chance.uniform(-1, 1) * length), fill=(70, 48, 40), width=2)
    return picture


def _mole(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    picture = _ground(chance, size, (214, 172, 146), 30)
    pen = ImageDraw.Draw(picture)
    x, y, reach = size[0] / 2, size[1] / 2, min(size) * chance.uniform(0.08, 0.2)
    edge = [
        (
            x + reach * chance.uniform(0.8, 1.1) * np.cos(a),
            y + reach * chance.uniform(0.8, 1.1) * np.sin(a),
        )
        for a in np.linspace(0, 2 * np.pi, 40)
    ]
    pen.polygon(edge, fill=(98, 62, 48))
    for mark in range(24):
        left = size[0] * 0.1 + mark * size[0] * 0.033
        pen.line(
            (left, size[1] * 0.9, left, size[1] * (0.84 if mark % 5 else 0.8)),
            fill=(30, 30, 30),
            width=4,
        )
    return picture


def _throat(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    picture = _ground(chance, size, (176, 84, 84), 40)
    pen = ImageDraw.Draw(picture)
    w, h = size
    pen.ellipse((w * 0.28, h * 0.2, w * 0.72, h * 0.75), fill=(70, 22, 26))
    pen.ellipse((w * 0.46, h * 0.2, w * 0.54, h * 0.42), fill=(196, 96, 92))
    for side in (0.3, 0.6):
        pen.ellipse((w * side, h * 0.36, w * (side + 0.12), h * 0.6), fill=(190, 92, 88))
        for _ in range(10):
            x, y = w * chance.uniform(side + 0.02, side + 0.1), h * chance.uniform(0.4, 0.56)
            pen.ellipse((x, y, x + w * 0.012, y + w * 0.012), fill=(240, 228, 200))
    for tooth in range(9):
        left = w * (0.24 + tooth * 0.058)
        pen.rounded_rectangle((left, h * 0.04, left + w * 0.05, h * 0.16), 12, fill=(236, 228, 208))
    return picture


def _paper(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    picture = _ground(chance, size, (222, 220, 212), 8)
    pen = ImageDraw.Draw(picture)
    line = size[1] // 34
    for row in range(2, 31):
        x = size[0] * 0.08
        while x < size[0] * chance.uniform(0.6, 0.9):
            wide = chance.uniform(0.01, 0.05) * size[0]
            for letter in np.arange(x, x + wide, line * 0.42):
                end = (letter + line * chance.uniform(0, 0.3), row * line + line * 0.5)
                pen.line((letter, row * line, *end), fill=(50, 50, 60), width=max(2, line // 9))
            x += wide + line * 0.5
    return picture


def _thermometer(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    picture = _ground(
        chance, size, chance.choice(((196, 178, 158), (120, 140, 160), (90, 86, 84))), 34
    )
    pen = ImageDraw.Draw(picture)
    w, h = size
    pen.rounded_rectangle((w * 0.2, h * 0.38, w * 0.85, h * 0.6), 60, fill=(238, 240, 242))
    pen.rounded_rectangle((w * 0.35, h * 0.42, w * 0.65, h * 0.56), 10, fill=(176, 190, 170))
    for digit in range(3):
        left = w * (0.39 + digit * 0.08)
        pen.rectangle(
            (left, h * 0.44, left + w * 0.045, h * 0.54), outline=(30, 38, 34), width=int(w * 0.008)
        )
        pen.line(
            (left, h * 0.49, left + w * 0.045, h * 0.49), fill=(30, 38, 34), width=int(w * 0.008)
        )
    return picture


_SCENES: dict[str, Callable[[random.Random, tuple[int, int]], Image.Image]] = {
    "skin": _skin,
    "mole": _mole,
    "throat": _throat,
    "paper": _paper,
    "thermometer": _thermometer,
}


def _good(picture: Image.Image, chance: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 1.1)))  # a lens is no razor


def _blurred(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Out of focus, or moved while it was taken: from 0.8 % of the width on."""
    reach = picture.width * chance.uniform(0.008, 0.018)
    if chance.random() < 0.5:
        return picture.filter(ImageFilter.GaussianBlur(reach))
    plane = np.asarray(picture, dtype=np.float64)
    steps = int(reach * 4)
    across, down = chance.choice(((1, 0), (0, 1), (1, 1)))
    moved = sum(np.roll(plane, (down * n, across * n), (0, 1)) for n in range(steps)) / steps
    soft = Image.fromarray(np.clip(moved, 0, 255).astype(np.uint8))
    return soft.filter(ImageFilter.GaussianBlur(reach * 0.5))  # hands shake in every direction


def _dark(picture: Image.Image, chance: random.Random) -> Image.Image:
    share = chance.uniform(0.08, 0.26)
    return _good(picture, chance).point(lambda tone: int(tone * share))


def _small(picture: Image.Image, chance: random.Random) -> Image.Image:
    side = chance.randint(160, 400)
    made = _good(picture, chance)
    made.thumbnail((int(side * 1.33), int(side * 1.33)))
    return made


_SPOIL: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "good": _good,
    "blurred": _blurred,
    "dark": _dark,
    "small": _small,
}


def _grain(picture: Image.Image, sigma: float, seed: int) -> Image.Image:
    plane = np.asarray(picture, dtype=np.float64)
    noise = np.random.default_rng(seed).normal(0, sigma, plane.shape)
    return Image.fromarray(np.clip(plane + noise, 0, 255).astype(np.uint8))
