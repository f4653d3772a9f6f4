"""What an installation says of itself in the XML: kind of document, numbers, versions (TOML)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from priyom.conclusions.cda.dictionaries import (
    PAYERS,
    PETERSBURG,
    POSTS,
    PROTOCOL,
    REGIONS,
    SYSTEMS,
    Concept,
    System,
)

OID = re.compile(r"[0-2](\.([1-9]\d*|0))+")
_MIS = re.compile(r"([1-9]\d*|0)(\.([1-9]\d*|0))*")
_KEYS = {
    "kind", "template", "document", "title", "region", "payer", "posts", "versions",
    "licence_authority", "ogrn",
}  # fmt: skip


class BadProfile(ValueError):
    """The file of PRIYOM_SEMD_PROFILE says something that cannot be used; the text says what."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The kind of document (119 unless told otherwise) and what the base does not know."""

    mis: str = ""
    """«system.instance», the numbers between `.100.` and the kind in the roots of ids."""
    kind: str = "119"
    template: str = "1.2.643.5.1.13.2.7.5.1.5.9.4"
    document: Concept = PROTOCOL
    title: str = "Протокол консультации"
    region: Concept = PETERSBURG
    payer: Concept | None = None
    posts: dict[str, Concept] = field(default_factory=dict)
    """Code of a speciality → its post; without one the post's code is a nullFlavor."""
    licence_authority: str = ""
    ogrn: dict[str, str] = field(default_factory=dict)
    """OID of an organisation → its ОГРН."""
    versions: dict[str, str] = field(default_factory=dict)

    def version(self, system: System) -> str:
        """Return the version in use of a dictionary."""
        return self.versions.get(system.oid, system.version)


def current() -> Profile:
    """Return the profile of the settings; raises BadProfile."""
    return _read(settings.SEMD_PROFILE, settings.MIS_NUMBER)


@lru_cache(maxsize=4)
def _read(path: str, mis: str) -> Profile:
    if mis and not _MIS.fullmatch(mis):
        raise BadProfile(f"PRIYOM_MIS_NUMBER is no pair of numbers such as 12.1: {mis}")
    made = Profile(mis=mis)
    if not path:
        return made
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        return _told(made, told)
    except (OSError, tomllib.TOMLDecodeError, AttributeError, TypeError, ValueError) as error:
        raise BadProfile(f"PRIYOM_SEMD_PROFILE cannot be used: {error}") from error


def _told(made: Profile, told: dict[str, Any]) -> Profile:
    if unknown := told.keys() - _KEYS:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    plain: dict[str, Any] = {
        name: str(told[name])
        for name in ("kind", "template", "title", "licence_authority")
        if name in told
    }
    plain |= {
        name: {str(key): str(value) for key, value in told[name].items()}
        for name in ("ogrn", "versions")
        if name in told
    }
    for name, system in (("document", PROTOCOL.system), ("region", REGIONS), ("payer", PAYERS)):
        if name in told:
            plain[name] = _concept(system, told[name])
    if "posts" in told:
        plain["posts"] = {key: _concept(POSTS, pair) for key, pair in told["posts"].items()}
    known = {one.oid for one in SYSTEMS}
    if unknown := plain.get("versions", {}).keys() - known:
        raise ValueError(f"no dictionary of ours: {', '.join(sorted(unknown))}")
    if not OID.fullmatch(plain.get("template", made.template)):
        raise ValueError("template is no OID")
    return replace(made, **plain)


def _concept(system: System, pair: Any) -> Concept:
    code, name = pair
    return Concept(system, str(code), str(name))
