"""The list of calls on the desk: who has no e-mail, what to tell, what came of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.intake import actions, queries
from priyom.intake.choices import TellingAct
from priyom.kernel import typed
from priyom.kernel.refusal import missing

_DONE = {
    TellingAct.TELL: "Записано: сообщили.",
    TellingAct.MISS: "Записано: не дозвонились. Останется в списке.",
    TellingAct.CALL_BACK: "Записано, когда перезвонить.",
}


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def listing(request: Visit) -> HttpResponse:
    """Show whom to call."""
    return render(request, "intake/tellings.html", {"rows": queries.tellings(request.actor)})


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def call(request: Visit, telling_id: UUID) -> HttpResponse:
    """Write what came of a call and go back to the page it was made from."""
    act = {str(one): one for one in _DONE}.get(request.POST.get("outcome", ""))
    if act is None:
        raise missing("Страница")
    at = typed.moment(request.POST.get("call_back", ""))
    attempt(request, lambda: actions.call(request.actor, telling_id, act, at), _DONE[act])
    absence = typed.key(request.POST.get("absence", ""))
    if absence is not None:
        return redirect("intake:absence", absence)
    booked = typed.key(request.POST.get("booked", ""))
    return redirect(f"/desk/booked/{booked}/" if booked else "intake:tellings")
