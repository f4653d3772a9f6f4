"""For each address of the house: who may open it, who may post to it, what the audit keeps.

A route that is not here fails the tests: whoever adds one says here who may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from priyom.kernel.ids import uuid7
from tests.security.rule import Rule
from tests.security.rule import rule as _rule
from tests.security.scene import Scene

_HOLE = re.compile(r"<(\w+):(\w+)>")

_LIVE, _SIGNED = "consultation_id=live", "consultation_id=signed"
_FORMED, _PLANNED = "consultation_id=formed", "consultation_id=planned"
_MY, _DESK = (
    "my/consultations/<uuid:consultation_id>/",
    "desk/consultations/<uuid:consultation_id>/",
)
_BUNDLE, _KIND = "archive/<uuid:bundle_id>/", "archive/make/<slug:kind>/"
_BOOKED, _ASKED = "desk/booked/<uuid:consultation_id>/", "desk/requests/<uuid:request_id>/"
_PAPER = "conclusion/v<int:version>.pdf"
_BESIDE = (_PAPER.replace(".pdf", ".xml"), _PAPER.replace(".pdf", "/<slug:which>.sig"))
_OWN = "earlier_id=signed"
_NOBODYS = "- shows nobody's data"
_ACT = "- the act itself is in the audit"
_REGISTRY = "vera inna"

PUBLIC: dict[str, Rule] = {
    "": _rule("all", None, audit=_NOBODYS),
    "healthz": _rule("all", None, audit=_NOBODYS),
    "metrics": _rule("all", None, audit="- counts by state only"),
    "check/": _rule("all", None, audit=_NOBODYS),
    "check/<str:code>/": _rule("all", None, "code=code", audit="- names no patient"),
    "check/file/": _rule("all", "all", audit=_NOBODYS),
    # Whoever sent the file: its address is known to nobody else.
    "check/file/<str:token>/": _rule("all", None, "token=inspection", audit="- names no patient"),
    **{f"{portal}/worker.js": _rule("all", None, audit=_NOBODYS) for portal in ("my", "desk")},
    **{f"{portal}/offline/": _rule("all", None, audit=_NOBODYS) for portal in ("my", "desk")},
    "ui/": _rule("", "", audit="- outside the demo there is no such page"),
    "ui/vision": _rule("all", "all", query="to=high", audit=_NOBODYS),
    "ui/theme": _rule("all", "all", query="to=dark", audit=_NOBODYS),
    "ui/sheet-<slug:digest>.css": _rule("all", None, "digest=digest", audit=_NOBODYS),
}

SIGN_IN: dict[str, Rule] = {
    # Whoever holds the link; before it is opened it says nothing of anybody.
    "shared/<uuid:share_id>/<str:seal>/": _rule(
        "all", "all", "share_id=share seal=seal", audit="- shows nothing until it is opened"
    ),
    "shared/<uuid:share_id>/<str:seal>/v<int:version>.pdf": _rule(
        "", None, "share_id=share seal=seal"
    ),
    # Whoever reads the letter; the form has its secret, as the sign-in has.
    "my/address/<str:token>/": _rule("all", "all", "token=token", audit="- names no patient"),
    "my/sign-in/": _rule("all", "all", audit=_NOBODYS),
    "my/esia/callback/": _rule("all", None, audit="- refused and done sign-ins are kept by acts"),
    "my/sign-out/": _rule(None, "all"),
    "my/ticket": _rule(None, "patients"),
    "desk/sign-in/": _rule("all", "all", audit=_NOBODYS),
    "desk/sign-out/": _rule(None, "all"),
    "desk/ticket": _rule(None, "staff"),
    "desk/post/": _rule("staff", "staff", audit="- the person's own posts"),
}

PATIENT: dict[str, Rule] = {
    "my/": _rule("patients", None, audit="consultation.home"),
    _MY: _rule("anna", None, _LIVE, audit="consultation.open"),
    f"{_MY}consent/": _rule(None, "anna", "consultation_id=child"),
    f"{_MY}cancel/": _rule(None, "anna", _PLANNED),
    f"{_MY}ask_to_move/": _rule(None, "anna", _PLANNED),
    f"{_MY}reschedule/": _rule("anna", "anna", _PLANNED, audit="consultation.open"),
    "my/consents/": _rule("patients", None, audit="consent.open"),
    "my/consents/<uuid:consent_id>/scan/": _rule(
        "anna", None, "consent_id=consent", audit="consent.scan"
    ),
    "my/consents/<uuid:consent_id>/withdraw/": _rule(None, "anna", "consent_id=consent"),
    f"{_MY}files/": _rule(None, "anna", _LIVE),
    f"{_MY}files/permit/": _rule(None, "anna", _LIVE),
    "my/files/<uuid:attachment_id>/": _rule("anna", None, "attachment_id=file", audit="file.open"),
    "my/files/<uuid:attachment_id>/preview/": _rule(
        "anna", None, "attachment_id=file", audit="file.open"
    ),
    "my/files/<uuid:attachment_id>/line/": _rule(
        "anna", None, "attachment_id=file", audit="file.open"
    ),
    f"{_MY}say/": _rule(None, "anna", _LIVE),
    f"{_MY}entries/": _rule("anna", None, _LIVE, audit="chat.read"),
    f"{_MY}search/": _rule("anna", None, _LIVE, query="q=кашель", audit="chat.search"),
    f"{_MY}band/": _rule("anna", None, _LIVE, audit="- until when the answer is, no data"),
    f"{_MY}call/": _rule(None, "", _LIVE),
    f"{_MY}call/now/": _rule("anna", None, _LIVE, audit="- whether it rings, no data"),
    **{
        f"my/calls/<uuid:call_id>/{verb}/": _rule(None, "anna", "call_id=call")
        for verb in ("accept", "decline", "leave", "rejoin", "beat")
    },
    "my/calls/<uuid:call_id>/end/": _rule(None, "", "call_id=call"),
    f"{_MY}conclusion/": _rule("anna", None, _SIGNED, audit="conclusion.read"),
    f"{_MY}archive/": _rule("anna", None, _SIGNED, audit="archive.open"),
    f"{_MY}{_BUNDLE}": _rule(
        "anna", None, f"{_SIGNED} bundle_id=own_bundle", audit="archive.download"
    ),
    f"{_MY}{_KIND}": _rule(None, "anna", f"{_SIGNED} kind=bundle"),
    **{
        f"{_MY}{path}": _rule("anna", None, f"{_SIGNED} which=which", audit="conclusion.download")
        for path in (_PAPER, *_BESIDE)
    },
    f"{_MY}conclusion/understand/": _rule(None, "anna", _SIGNED),
    f"{_MY}conclusion/question/": _rule(
        "anna", "anna", _SIGNED, query="place=recommendations:1", audit="conclusion.read"
    ),
    f"{_MY}conclusion/reminder.ics": _rule(
        "anna", None, _SIGNED, query="place=recommendations:2", audit="conclusion.read"
    ),
    f"{_MY}conclusion/share/": _rule(None, "anna", _SIGNED),
    f"{_MY}conclusion/share/<uuid:share_id>/revoke/": _rule(
        None, "anna", f"{_SIGNED} share_id=share"
    ),
    "my/requests/new/": _rule("patients", "patients", audit="- the person's own card, to fill in"),
    "my/requests/<uuid:request_id>/": _rule(
        "anna", None, "request_id=request", audit="request.open"
    ),
    "my/requests/<uuid:request_id>/add/": _rule(None, "anna", "request_id=request"),
    "my/proposals/<uuid:proposal_id>/": _rule(
        "anna", None, "proposal_id=proposal", audit="proposal.open"
    ),
    **{
        f"my/proposals/<uuid:proposal_id>/{act}/": _rule(None, "anna", "proposal_id=proposal")
        for act in ("accept", "decline")
    },
    "my/transfers/<uuid:transfer_id>/": _rule(
        "anna", None, "transfer_id=transfer", audit="transfer.open"
    ),
    **{
        f"my/transfers/<uuid:transfer_id>/{act}/": _rule(None, "anna", "transfer_id=transfer")
        for act in ("choose", "give_back")
    },
    "my/requests/<uuid:request_id>/withdraw/": _rule(None, "anna", "request_id=request"),
}

DOCTOR: dict[str, Rule] = {
    "desk/day/": _rule("boris darya", None, audit="consultation.day"),
    "desk/day/list/": _rule("boris darya", None, audit="consultation.day"),
    "desk/day/pulse/": _rule("boris darya", None, audit="- one word, no data"),
    _DESK: _rule("boris", None, _LIVE, audit="consultation.open"),
    **{f"{_DESK}{verb}/": _rule(None, "boris", _PLANNED) for verb in ("begin", "miss", "return")},
    **{f"{_DESK}{verb}/": _rule(None, "boris", _LIVE) for verb in ("ask", "hand_over")},
    # A colleague of the same speciality, once it is overdue: then it is in the pool.
    f"{_DESK}take_over/": _rule(None, "darya", "consultation_id=late"),
    f"{_DESK}files/": _rule(None, "boris", _LIVE),
    f"{_DESK}files/permit/": _rule(None, "boris", _LIVE),
    **{
        f"desk/files/<uuid:attachment_id>/{path}": _rule(
            "boris", None, "attachment_id=file", audit="file.open"
        )
        for path in ("", "preview/", "line/")
    },
    f"{_DESK}say/": _rule(None, "boris", _LIVE),
    f"{_DESK}entries/": _rule("boris", None, _LIVE, audit="chat.read"),
    f"{_DESK}search/": _rule("boris", None, _LIVE, query="q=кашель", audit="chat.search"),
    f"{_DESK}phrases/": _rule("boris", None, _LIVE, audit="- the open talk's own names"),
    "desk/phrases/": _rule("boris darya inna", None, audit=_NOBODYS),
    "desk/phrases/add/": _rule(None, "boris darya inna"),
    "desk/phrases/<uuid:phrase_id>/edit/": _rule(None, "boris", "phrase_id=phrase"),
    "desk/phrases/<uuid:phrase_id>/remove/": _rule(None, "boris", "phrase_id=phrase"),
    f"{_DESK}band/": _rule("boris", None, _LIVE, audit="- until when the answer is, no data"),
    f"{_DESK}call/": _rule(None, "boris", _LIVE),
    f"{_DESK}call/now/": _rule("boris", None, _LIVE, audit="- whether it rings, no data"),
    **{
        f"desk/calls/<uuid:call_id>/{verb}/": _rule(None, "", "call_id=call")
        for verb in ("accept", "decline")
    },
    **{
        f"desk/calls/<uuid:call_id>/{verb}/": _rule(None, "boris", "call_id=call")
        for verb in ("leave", "rejoin", "end", "beat")
    },
    f"{_DESK}conclusion/form/": _rule(None, "boris", _LIVE),
    f"{_DESK}conclusion/review/": _rule("boris", None, _FORMED, audit="conclusion.open"),
    f"{_DESK}conclusion/certificate/": _rule("boris", "boris", _LIVE, audit="conclusion.open"),
    f"{_DESK}conclusion/revise/": _rule(None, "boris", _FORMED),
    f"{_DESK}conclusion/sign/": _rule(None, "boris", _FORMED),
    f"{_DESK}conclusion/amend/": _rule(None, "boris", _SIGNED),
    f"{_DESK}conclusion/template/": _rule("boris", "boris", _LIVE, audit="- doctors' own words"),
    f"{_DESK}conclusion/template/<uuid:template_id>/drop/": _rule(
        None, "boris", f"{_LIVE} template_id=template"
    ),
    f"{_DESK}conclusion/materials/": _rule("boris", None, _LIVE, audit="conclusion.materials"),
    f"{_DESK}conclusion/preview.pdf": _rule("boris", None, _LIVE, audit="conclusion.preview"),
    f"{_DESK}conclusion/formed.pdf": _rule("boris", None, _FORMED, audit="conclusion.preview"),
    f"{_DESK}earlier/<uuid:earlier_id>/conclusion/": _rule(
        "boris", None, f"{_LIVE} {_OWN}", audit="conclusion.read"
    ),
    f"{_DESK}earlier/<uuid:earlier_id>/{_PAPER}": _rule(
        "boris", None, f"{_LIVE} {_OWN}", audit="conclusion.download"
    ),
    "desk/cadesplugin_api.js": _rule("", None, audit="- without the setting there is no such file"),
    "desk/icd10/": _rule("boris darya", None, query="q=J06", audit=_NOBODYS),
    "desk/icd10/favourite/": _rule(None, "boris darya"),
    "desk/order/": _rule("boris darya", None, query="patient=%(patient)s", audit="- leads on"),
    # Any doctor may have the person in the room and order a consultation: seen, therefore kept.
    "desk/patients/<uuid:patient>/order/": _rule(
        "boris darya", "boris darya", "patient=patient", audit="request.order_page"
    ),
}

REGISTRY: dict[str, Rule] = {
    "desk/": _rule("staff", None, audit="- leads on"),
    "desk/booked/": _rule("vera inna nina", None, audit="consultation.booked"),
    _BOOKED: _rule(_REGISTRY, None, _PLANNED, audit="consultation.plan"),
    f"{_BOOKED}cancel/": _rule(None, _REGISTRY, _PLANNED),
    f"{_BOOKED}reschedule/": _rule(None, "vera", _PLANNED),
    "desk/schedule/": _rule("vera inna nina", None, audit="- times and states, no patients"),
    **{
        f"desk/schedule/{page}": _rule("vera inna nina", None, audit="- times, no patients")
        for page in ("week/", "month/", "calendar.ics")
    },
    "desk/schedule/plan/": _rule("inna", None, audit="- hours and exceptions, no patients"),
    "desk/schedule/calendar/": _rule("inna", "inna", audit="- an empty form"),
    **{
        f"desk/schedule/{act}/": _rule(None, "inna")
        for act in ("add", "shift", "copy", "plan/hours", "plan/exceptions", "plan/publish")
    },
    "desk/schedule/plan/hours/<uuid:hours_id>/drop/": _rule(None, "inna", "hours_id=hours"),
    "desk/schedule/plan/exceptions/<uuid:deviation_id>/drop/": _rule(
        None, "inna", "deviation_id=deviation"
    ),
    "desk/schedule/<uuid:slot_id>/block/": _rule(None, _REGISTRY, "slot_id=slot"),
    "desk/schedule/<uuid:slot_id>/unblock/": _rule(None, _REGISTRY, "slot_id=blocked"),
    "desk/journal/": _rule("vera nina", None, audit="request.journal"),
    "desk/journal/next/": _rule(None, "vera nina"),
    "desk/requests/new/": _rule("vera nina", "vera nina", audit=_NOBODYS),
    "desk/call/found/": _rule("vera nina", None, query="q=Иванова+Анна", audit="patients.search"),
    "desk/call/person/": _rule(
        "vera nina", None, query="patient=%(patient)s", audit="patients.choose"
    ),
    "desk/call/times/": _rule("vera nina", None, audit="- times, no patients"),
    "desk/call/hold/": _rule(None, "vera"),
    _ASKED: _rule("vera", None, "request_id=request", audit="request.open"),
    **{
        f"{_ASKED}{part}/": _rule("vera", None, "request_id=request", audit="request.open")
        for part in ("found", "person", "times")
    },
    **{
        f"{_ASKED}{verb}/": _rule(None, "vera", "request_id=taken")
        for verb in ("hold", "book", "release", "decline", "mark_duplicate", "contact", "stay")
    },
    f"{_ASKED}take/": _rule(None, "vera", "request_id=request"),
    f"{_ASKED}address/": _rule(
        "vera", "vera", "request_id=taken", audit="- tells of the typed address alone"
    ),
    f"{_ASKED}merge/": _rule(None, "vera", "request_id=taken"),
    f"{_ASKED}reopen/": _rule(None, "vera", "request_id=declined"),
    "desk/consents/<uuid:consent_id>/scan/": _rule(
        _REGISTRY, None, "consent_id=consent", audit="consent.scan"
    ),
    "desk/notices/": _rule("vera nina", None, audit="request.letters"),
    "desk/notices/<uuid:notice_id>/retry/": _rule(None, "vera", "notice_id=notice"),
    "desk/waiting/": _rule("vera nina", None, audit="request.waiting"),
    f"{_ASKED}propose/": _rule(None, "vera", "request_id=waits"),
    f"{_ASKED}hasten/": _rule(None, "vera", "request_id=taken"),
    "desk/proposals/<uuid:proposal_id>/withdraw/": _rule(None, "vera", "proposal_id=proposal"),
    "desk/tellings/": _rule("vera inna nina", None, audit="telling.list"),
    "desk/tellings/<uuid:telling_id>/": _rule(None, _REGISTRY, "telling_id=telling"),
    "desk/absences/": _rule("vera inna nina", None, audit="- doctors and days, no patients"),
    "desk/absences/new/": _rule(None, _REGISTRY),
    "desk/absences/<uuid:absence_id>/": _rule(
        _REGISTRY, None, "absence_id=absence", audit="absence.open"
    ),
    **{
        f"desk/absences/<uuid:absence_id>/{act}/": _rule(None, _REGISTRY, "absence_id=absence")
        for act in ("tell", "undo")
    },
    **{
        f"desk/transfers/<uuid:transfer_id>/{act}/": _rule(None, _REGISTRY, "transfer_id=transfer")
        for act in ("choose", "give_back")
    },
    "desk/patients/search/": _rule("staff", None, query="q=Иванова+Анна", audit="patients.search"),
    "desk/patients/new/": _rule("vera nina", "vera nina", audit=_NOBODYS),
    # The index is of the whole region: a registrar of any МО opens a card, and leaves a trace.
    "desk/patients/<uuid:patient>/": _rule(
        "boris darya vera inna nina", None, "patient=patient", audit="patients.card"
    ),
    "desk/patients/<uuid:patient>/amend/": _rule(
        "vera nina", "vera nina", "patient=patient", audit="patients.amend_form"
    ),
    **{
        f"desk/patients/<uuid:patient>/{part}/": _rule(None, "vera nina", "patient=patient")
        for part in ("details", "death")
    },
    **{
        f"desk/patients/details/<uuid:detail>/{verb}/": _rule(None, "vera nina", "detail=detail")
        for verb in ("end", "verify", "prefer")
    },
    "desk/patients/outside/": _rule("vera nina", None, audit="- outside no index is set up"),
    "desk/patients/outside/adopt/": _rule(None, ""),
    # Without ?patient= it is the search for that person; a POST names one that stands already.
    "desk/patients/<uuid:patient>/representatives/": _rule(
        "vera nina",
        "vera nina",
        "patient=patient",
        query="patient=%(gleb)s",
        audit="patients.represent_form",
    ),
    "desk/patients/representatives/<uuid:bond>/": _rule(
        "vera nina", None, "bond=bond", audit="patients.representative"
    ),
    **{
        f"desk/patients/representatives/<uuid:bond>/{verb}/": _rule(None, "vera nina", "bond=bond")
        for verb in ("term", "end")
    },
    "desk/patients/doubles/": _rule("vera nina", None, audit="patients.doubles"),
    "desk/patients/doubles/<uuid:double>/": _rule(
        "vera nina", None, "double=double", audit="patients.compare"
    ),
    **{
        f"desk/patients/doubles/<uuid:double>/{verb}/": _rule(None, "vera nina", "double=double")
        for verb in ("merge", "part")
    },
    "desk/patients/merges/<uuid:merge>/undo/": _rule(None, "vera nina", "merge=merge"),
    f"{_DESK}conclusion/": _rule("boris inna", "boris", _SIGNED, audit="conclusion.read"),
    f"{_DESK}understood/": _rule("boris inna", None, _SIGNED, audit="conclusion.read"),
    f"{_DESK}registration/": _rule("boris inna", None, _SIGNED, audit="registration.read"),
    f"{_DESK}registration/<uuid:registration_id>/resend/": _rule(
        None, "boris inna", f"{_SIGNED} registration_id=registration"
    ),
    "desk/registrations/": _rule("inna", None, audit="- numbers of documents, no patient"),
    **{
        f"{_DESK}{path}": _rule(
            "boris inna", None, f"{_SIGNED} which=which", audit="conclusion.download"
        )
        for path in (_PAPER, *_BESIDE, _PAPER.replace(".pdf", ".fhir.json"))
    },
    f"{_DESK}conclusion/withdraw/": _rule(None, "inna", _SIGNED),
    f"{_DESK}archive/": _rule("boris inna", None, _SIGNED, audit="archive.open"),
    f"{_DESK}{_BUNDLE}": _rule(
        "boris", None, f"{_SIGNED} bundle_id=desk_bundle", audit="archive.download"
    ),
    f"{_DESK}{_KIND}": _rule(None, "boris inna", f"{_SIGNED} kind=bundle"),
    f"{_DESK}archive/hold/": _rule(None, "inna", _SIGNED),
    "desk/archive/": _rule("inna", "inna", audit="archive.retention"),
    "desk/figures/": _rule("inna", None, audit="- counts only"),
    "desk/figures/waits/": _rule("inna", None, audit="- counts only"),
    "desk/figures/waits.csv": _rule("inna", None, audit="- counts only"),
    "desk/figures/waits/<slug:what>/": _rule(
        "inna", None, "what=waits", query="weeks=52", audit="reports.waits"
    ),
    "desk/figures/waits/<slug:what>.csv": _rule(
        "inna", None, "what=waits", query="weeks=52", audit="reports.waits"
    ),
    "desk/figures/<slug:key>/": _rule("inna", None, "key=figure", audit="reports.behind"),
}

TABLE = PUBLIC | SIGN_IN | PATIENT | DOCTOR | REGISTRY


def routes() -> Iterator[str]:
    """Yield every address of the house but the administrator's site, as urls.py writes it."""
    yield from (route for route, _ in _walk(get_resolver()) if not route.startswith("admin/"))


def admin_routes() -> Iterator[tuple[str, Any]]:
    """Yield address and name of the administrator's site."""
    yield from (found for found in _walk(get_resolver()) if found[0].startswith("admin/"))


def _walk(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield before + str(one.pattern), one.name


def address(route: str, scene: Scene, *, foreign: bool = False) -> str:
    """Return the address with the scene's keys in it; `foreign` puts keys that are nobody's."""
    rule = TABLE[route]

    def fill(hole: re.Match[str]) -> str:
        kind, name = hole.groups()
        if kind == "uuid":
            return str(uuid7() if foreign else scene.ids[rule.ids[name]])
        return scene.codes.get(rule.ids.get(name, name), "1")

    path = "/" + _HOLE.sub(fill, route)
    query = rule.query % {name: str(key) for name, key in scene.ids.items()}
    return f"{path}?{query}" if query else path


def has_keys(route: str) -> bool:
    """Whether the address names a thing that is somebody's."""
    return "<uuid:" in route
