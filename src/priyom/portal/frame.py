"""What every page's frame shows: who is signed in, the sections of the portal, the place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from priyom.kernel.actor import Actor, ActorKind

_SECTIONS: dict[ActorKind, tuple[tuple[str, str], ...]] = {
    ActorKind.REGISTRAR: (
        ("/desk/journal/", "Журнал"),
        ("/desk/booked/", "Консультации"),
        ("/desk/schedule/", "Расписание"),
        ("/desk/patients/search/", "Пациенты"),
        ("/desk/notices/", "Письма"),
    ),
    ActorKind.DOCTOR: (
        ("/desk/day/", "Мой день"),
        ("/desk/patients/search/", "Пациенты"),
        ("/desk/phrases/", "Фразы"),
    ),
    ActorKind.HEAD: (
        ("/desk/figures/", "Показатели"),
        ("/desk/booked/", "Консультации"),
        ("/desk/registrations/", "Реестр"),
        ("/desk/schedule/", "Расписание"),
        ("/desk/phrases/", "Фразы"),
    ),
}
_MENU = (
    {"url": "/my/", "label": "Мои консультации", "icon": "message-circle"},
    {"url": "/my/consents/", "label": "Мои согласия", "icon": "shield-check"},
)
"""What a patient finds under the initials."""
_ROLES = {
    ActorKind.REGISTRAR: "регистратор",
    ActorKind.DOCTOR: "врач-консультант",
    ActorKind.HEAD: "заведующий",
}


_ALSO = {
    "/desk/journal/": "/desk/requests/",
    "/desk/day/": "/desk/consultations/",
    "/desk/patients/search/": "/desk/patients/",
    "/desk/notices/": "/desk/tellings/",
}
"""Pages that stand under another address than the section they belong to."""


def _is_in(path: str, section: str) -> bool:
    return path.startswith((section, _ALSO.get(section, section)))


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return `me`, `me_role`, `nav`, `place`, `sign_out_url`, `home_url` for the base templates."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.kind is ActorKind.ANONYMOUS:
        return {}
    post = getattr(request, "post", None)
    if actor.kind is ActorKind.PATIENT:
        return {
            "me": actor.name,
            "home_url": "/my/",
            "sign_out_url": "/my/sign-out/",
            "menu": _MENU,
        }
    return {
        "me": actor.name,
        "me_role": _ROLES.get(actor.kind, ""),
        "home_url": "/desk/",
        "sign_out_url": "/desk/sign-out/",
        "place": post.organisation.short_name if post else "",
        "nav": [
            {"url": url, "label": label, "current": _is_in(request.path, url)}
            for url, label in _SECTIONS.get(actor.kind, ())
        ],
    }
