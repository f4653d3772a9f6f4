"""One address of the house: who gets through, with which form, and what the audit keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tests.security.scene import Scene

PATIENTS = ("gleb", "anna")
STAFF = ("darya", "boris", "vera", "nina", "inna")
EVERYBODY = ("nobody", *PATIENTS, *STAFF)


@dataclass(frozen=True)
class Rule:
    """One address. `get` and `post` are who gets through; None: the method is not answered.

    `ids` fills the holes of the address from the scene, `query` follows it. `audit` is how the
    trail keeps a GET: an action, or «- » and why nothing needs keeping.
    """

    get: tuple[str, ...] | None = None
    post: tuple[str, ...] | None = None
    ids: dict[str, str] = field(default_factory=dict)
    query: str = ""
    audit: str = ""


def form(route: str, scene: Scene) -> dict[str, str]:
    """Return a form that would pass, so that only the right to the thing is asked for."""
    repeat = route.endswith("mark_duplicate/")
    return {
        "reason": scene.codes["number"] if repeat else "Проверка",
        "text": "Здравствуйте",
        "note": "Проверка",
        "title": "Проверка",
        "body": "Здравствуйте",
        "slot": str(scene.ids["slot"]),
        "doctor": str(scene.cast.darya.doctor.pk),
        "patient": str(scene.ids["patient"]),
        "pdf": scene.codes["pdf"],
        "on": f"{scene.clock.instant:%Y-%m-%d}",
        "died_on": f"{scene.clock.instant:%Y-%m-%d}",
    } | _more(route, scene)


def _more(route: str, scene: Scene) -> dict[str, str]:
    if route.endswith("requests/<uuid:request_id>/address/"):
        return {"email": "anna@mail.example"}
    if route.endswith("requests/<uuid:request_id>/merge/"):
        return {"of": str(scene.ids["request"])}
    if route == "desk/archive/":
        return {"keeping": "document", "years": "30"}
    if route.endswith("/contact/"):
        return {"kind": "note"}
    if route.endswith("/conclusion/understand/"):
        return {"place": "recommendations:1"}
    if route == "desk/icd10/favourite/":
        return {"code": "J06.9", "wanted": "1"}
    if route.endswith("/merge/"):
        return {"survivor": str(scene.ids["patient"])}
    if "/representatives/" in route:
        until = scene.clock.instant + timedelta(days=30)
        return {"why": "Проверка", "until": f"{until:%Y-%m-%d}"}
    if route.startswith("desk/tellings/"):
        return {"outcome": "miss"}
    if not route.startswith(("desk/schedule/", "desk/absences/")):
        return {}
    later = f"{scene.clock.instant + timedelta(days=8):%Y-%m-%d}"
    hours = {"opens": "22:00", "closes": "23:00", "minutes": "20", "at": "23:10"}
    use = {"visit": "first", "kind": "portal", "weekdays": "1", "turn": "off", "days": "3"}
    days = {"day": later, "first": later, "last": later, "target": later}
    return hours | use | days


def who(names: str) -> tuple[str, ...]:
    """Return names as the table writes them: «boris vera», «staff», «patients», «all»."""
    groups = {"all": EVERYBODY, "staff": STAFF, "patients": PATIENTS, "signed-in": EVERYBODY[1:]}
    return tuple(person for name in names.split() for person in groups.get(name, (name,)))


def rule(
    get: str | None, post: str | None, ids: str = "", query: str = "", audit: str = ""
) -> Rule:
    """Return a rule; `ids` is «hole=key of the scene …»."""
    return Rule(
        None if get is None else who(get),
        None if post is None else who(post),
        dict(pair.split("=", 1) for pair in ids.split()),
        query,
        audit,
    )
