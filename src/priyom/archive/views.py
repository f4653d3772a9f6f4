"""Doors of the archive of a closed talk, the same under both portals: see, make it, take it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.archive import actions
from priyom.archive.queries import page_of, retention
from priyom.archive.rules import BundleKind, Keeping
from priyom.clinics.doors import Request, attempt
from priyom.kernel.actor import ActorKind
from priyom.kernel.refusal import missing


@require_GET
def page(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show what can be taken along, and how far it is."""
    portal = "my" if request.actor.kind is ActorKind.PATIENT else "desk"
    root = f"/{portal}/consultations/{consultation_id}/"
    is_head = request.actor.kind is ActorKind.HEAD
    context = {
        "page": page_of(request.actor, consultation_id),
        "base": f"ui/{portal}.html",
        "root": f"{root}archive/",
        "may_hold": is_head,
        "back": f"/desk/booked/{consultation_id}/" if is_head else root,
    }
    return render(request, "archive/page.html", context)


@require_POST
def ask(request: Request, consultation_id: UUID, kind: str) -> HttpResponse:
    """Have it made; the page shows how far it is."""
    if kind not in set(BundleKind):
        raise missing("Страница")
    actions.ask(request.actor, consultation_id, BundleKind(kind))
    return redirect(request.path.removesuffix(f"make/{kind}/"))


@require_POST
def hold(request: Request, consultation_id: UUID) -> HttpResponse:
    """The head forbids to destroy it, or lifts that."""
    reason = request.POST.get("reason", "")
    wanted = request.POST.get("wanted") != "0"
    act = actions.hold if wanted else actions.lift
    attempt(
        request,
        lambda: act(request.actor, consultation_id, reason),
        "Запрет поставлен." if wanted else "Запрет снят.",
    )
    return redirect(f"/desk/consultations/{consultation_id}/archive/")


@require_http_methods(["GET", "POST"])
def terms(request: Request) -> HttpResponse:
    """The head sees what is due and held, and sets for how long talks are kept."""
    if request.method == "POST":
        keeping = request.POST.get("keeping", "")
        if keeping not in set(Keeping):
            raise missing("Страница")
        years = request.POST.get("years", "")
        attempt(
            request,
            lambda: actions.set_term(request.actor, Keeping(keeping), years),
            "Срок хранения изменён.",
        )
        return redirect("archive:terms")
    return render(request, "archive/terms.html", {"page": retention(request.actor)})


@require_GET
def download(request: Request, consultation_id: UUID, bundle_id: UUID) -> HttpResponse:
    """Lead to the file on the files' own origin, for a minute."""
    return redirect(actions.download(request.actor, consultation_id, bundle_id))
