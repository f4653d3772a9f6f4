"""Templates that come with the program, by speciality: words to begin with, ours."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

from priyom.conclusions.blanks import FIELDS, Template

LIST = Path(__file__).with_name("starters.toml")
OWNER = "готовый"
"""What stands beside such a template where a colleague's name would."""
_SPACE = UUID("6f1d7a52-3b7e-4c0f-9a55-0f1f1c1c5e90")


def starters(speciality: str) -> tuple[Template, ...]:
    """Return the templates of a speciality, by its code in НСИ, in the order of the list."""
    return tuple(one for codes, one in _read() if speciality in codes)


@cache
def _read() -> tuple[tuple[frozenset[str], Template], ...]:
    told = tomllib.loads(LIST.read_text(encoding="utf-8"))["template"]
    return tuple(
        (
            frozenset(one["specialities"]),
            Template(
                id=uuid5(_SPACE, one["title"]),
                title=one["title"],
                values={name: one[name] for name in FIELDS if name in one},
                owner=OWNER,
            ),
        )
        for one in told
    )
