"""Several values of one measure as a small plot: the same lines for the page and for the paper."""

from __future__ import annotations

from dataclasses import dataclass

from priyom.conclusions.content import MEASURES, PRESSURE, Content, numbers, series

Point = tuple[float, float]
"""Right and up, each from 0 to 1."""
WIDE, HIGH = 120, 32
"""The page's picture in its own units."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One measure: what it is, its values in words, one line (two for the pressure)."""

    label: str
    words: str
    lines: tuple[tuple[Point, ...], ...]

    @property
    def polylines(self) -> tuple[str, ...]:
        """Return the lines as an SVG polyline's points in WIDE × HIGH, downwards."""
        return tuple(
            " ".join(f"{x * WIDE:.1f},{HIGH - y * HIGH:.1f}" for x, y in line)
            for line in self.lines
        )


def plots_of(content: Content) -> tuple[Plot, ...]:
    """Return a plot for each measure with several values that are all numbers."""
    made = []
    for one in MEASURES.values():
        typed = getattr(content, one.name)
        if len(values := numbers(typed)) > 1:
            made.append(Plot(one.label, _words(typed, one.unit), _lines(values)))
    pairs = [numbers(part.replace("/", " ")) for part in series(content.pressure)]
    if len(pairs) > 1 and all(len(pair) == 2 for pair in pairs):
        upper, lower = zip(*pairs, strict=True)
        words = _words(content.pressure, PRESSURE.unit)
        made.append(Plot(PRESSURE.label, words, _lines(upper, lower)))
    return tuple(made)


def _words(typed: str, unit: str) -> str:
    return f"{' → '.join(series(typed))} {unit}"


def _lines(*lines: tuple[float, ...]) -> tuple[tuple[Point, ...], ...]:
    low, high = min(map(min, lines)), max(map(max, lines))
    span = (high - low) or 1.0
    flat = 0.5 if high == low else 0.0
    return tuple(
        tuple((at / (len(line) - 1), (value - low) / span + flat) for at, value in enumerate(line))
        for line in lines
    )
