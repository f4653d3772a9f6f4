"""The figures of a run: table, ratios, line, JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.patients.kinds import EXACT, MISSPELT
from benchmarks.patients.ways import Times
from priyom.cli import console

ABSENT = "absent"
WAYS = ("priyom", "ILIKE", "pg_trgm")


@dataclass
class Report:
    """Everything that was measured."""

    cards: int = 0
    families: int = 0
    load_seconds: float = 0.0
    trigram_seconds: float | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    machine: dict[str, object] = field(default_factory=dict)
    times: dict[str, dict[str, Times]] = field(default_factory=dict)
    """Way → kind → times."""

    def worst(self, kinds: tuple[str, ...], way: str = "priyom") -> float:
        """Return the p95 of the slowest of these kinds."""
        return max(self.times[way][kind].share(0.95) for kind in kinds)

    def found(self) -> float:
        """Return the share of misspelt names whose card was shown."""
        told = [self.times["priyom"][kind] for kind in MISSPELT]
        return sum(one.found for one in told) / sum(len(one.ms) for one in told)

    def line(self) -> dict[str, Any]:
        """Return what the last line says; exact and misspelt are those of the slowest kind."""
        return {
            "exact_p95_ms": self.worst(tuple(EXACT)),
            "typing_p95_ms": self.worst(("as one types",)),
            "misspelt_p95_ms": self.worst(MISSPELT),
            "misspelt_found": self.found(),
            "load_rows_s": self.cards / self.load_seconds,
            "cards": self.cards,
        }

    def show(self) -> None:
        """Print the table."""
        console.say()
        console.say(
            f"{self.cards:,} cards, {self.families:,} distinct families; "
            f"loaded with all indexes in {self.load_seconds:.0f} s"
        )
        for name, size in self.sizes.items():
            console.say(f"  {name:32}{size / 1e6:8,.0f} MB")
        if self.trigram_seconds is not None:
            console.say(f"  the trigram index took {self.trigram_seconds:.0f} s more")
        console.say()
        heads = "".join(f"{f'{way}: p50':>14}{'p95 ms':>9}{'found':>8}" for way in self.times)
        console.say(f"{'':20}{heads}{'p95, ILIKE / priyom':>22}{'pg_trgm / priyom':>19}")
        for kind in self.times["priyom"]:
            self._row(kind)

    def _row(self, kind: str) -> None:
        cells = ""
        for way in self.times:
            one = self.times[way].get(kind)
            cells += (
                f"{one.share(0.5):14,.2f}{one.share(0.95):9,.2f}{one.found_share:8.1%}"
                if one
                else f"{ABSENT:>14}{'':17}"
            )
        own = self.times["priyom"][kind].share(0.95)
        for way in self.times:
            if way != "priyom" and kind in self.times[way]:
                cells += f"{self.times[way][kind].share(0.95) / own:20,.0f}x"
        console.say(f"{kind:20}{cells}")
