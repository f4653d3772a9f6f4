"""A doctor's absence on the desk, and the page where a displaced patient chooses another time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, attempt, patient_only, say_no, staff_only
from priyom.clinics.models import Role
from priyom.intake import actions, queries
from priyom.kernel import clock, typed, words
from priyom.kernel.refusal import Refusal
from priyom.schedule.rules import SlotGone

GONE = "Это время только что заняли. Ниже следующие ближайшие."
"""The page that comes shows them to choose from."""


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def listing(request: Visit) -> HttpResponse:
    """Show the absences that are not over."""
    return render(request, "intake/absences.html", {"rows": queries.absences(request.actor)})


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def prepare(request: Visit) -> HttpResponse:
    """Close the doctor's days and show whom that displaces; nobody is told yet."""
    doctor = typed.key(request.POST.get("doctor", ""))
    first = typed.day(request.POST.get("first", ""))
    last = typed.day(request.POST.get("last", "")) or first
    if doctor is None or first is None or last is None:
        messages.error(request, "Выберите врача и дни.")
        return redirect("/desk/schedule/")
    away = actions.Away(doctor, first, last, request.POST.get("reason", ""))
    try:
        made = actions.prepare_absence(request.actor, away)
    except Refusal as refusal:
        say_no(request, refusal)
        return redirect(f"/desk/schedule/?doctor={doctor}&on={first}")
    return redirect("intake:absence", made.pk)


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def one(request: Visit, absence_id: UUID) -> HttpResponse:
    """Show whom an absence displaces, the nearest times of each, and who must be called."""
    page = queries.absence(request.actor, absence_id)
    return render(request, "intake/absence.html", {"page": page})


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def tell(request: Visit, absence_id: UUID) -> HttpResponse:
    """Write to everybody."""

    def do() -> str:
        count = actions.tell_absence(request.actor, absence_id)
        if not count:
            return "Письма уйдут сами. Врачу и пациенту сообщим о каждом переносе."
        people = words.plural(count, "пациенту", "пациентам", "пациентам")
        return f"Письма уйдут сами. Без почты: позвоните {people} из списка."

    attempt(request, do)
    return _back(absence_id)


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def undo(request: Visit, absence_id: UUID) -> HttpResponse:
    """Take it back while nobody was told."""

    def do() -> str:
        count = actions.undo_absence(request.actor, absence_id)
        return f"Отменено. Снова свободно: {words.plural(count, 'время', 'времени', 'времён')}."

    attempt(request, do)
    return _back(absence_id)


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def choose(request: Visit, transfer_id: UUID) -> HttpResponse:
    """Book what the patient chose on the phone."""
    slot = typed.key(request.POST.get("slot", ""))
    absence = typed.key(request.POST.get("absence", ""))
    if slot is None:
        messages.error(request, "Выберите одно из предложенных времён.")
        return _back(absence)

    def do() -> str:
        try:
            moved = actions.choose_time(request.actor, transfer_id, slot)
        except SlotGone as gone:
            raise Refusal(gone.code, gone.kind, GONE, field="slot") from None
        return f"Перенесено: {words.promise(moved.starts_at, clock.today())}."

    attempt(request, do)
    return _back(absence)


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def give_back(request: Visit, transfer_id: UUID) -> HttpResponse:
    """No time fits: the request goes back to the journal."""
    reason = request.POST.get("reason", "")
    attempt(
        request,
        lambda: actions.give_back(request.actor, transfer_id, reason),
        "Заявка снова в журнале.",
    )
    return _back(typed.key(request.POST.get("absence", "")))


@require_GET
@patient_only
def transfer(request: Visit, transfer_id: UUID) -> HttpResponse:
    """Show the patient what happened and the nearest times."""
    page = queries.transfer(request.actor, transfer_id)
    return render(request, "intake/transfer.html", {"page": page})


@require_POST
@patient_only
def my_choice(request: Visit, transfer_id: UUID) -> HttpResponse:
    """Move it to the time that the patient chose; a taken one is said with the next nearest."""
    slot = typed.key(request.POST.get("slot", ""))
    if slot is None:
        messages.error(request, "Выберите одно из предложенных времён.")
        return redirect("intake:transfer", transfer_id)
    try:
        moved = actions.choose_time(request.actor, transfer_id, slot)
    except SlotGone:
        messages.error(request, GONE)
        return redirect("intake:transfer", transfer_id)
    except Refusal as refusal:
        say_no(request, refusal)
        return redirect("intake:transfer", transfer_id)
    messages.success(request, f"Готово. Ждём вас: {words.promise(moved.starts_at, clock.today())}.")
    return redirect(f"/my/consultations/{moved.pk}/")


@require_POST
@patient_only
def my_refusal(request: Visit, transfer_id: UUID) -> HttpResponse:
    """None of the times fits: the registry looks for another one."""
    try:
        actions.give_back(request.actor, transfer_id, request.POST.get("reason", ""))
    except Refusal as refusal:
        say_no(request, refusal)
        return redirect("intake:transfer", transfer_id)
    messages.success(request, "Поняли. Регистратура подберёт другое время и напишет вам.")
    return redirect("/my/")


def _back(absence_id: UUID | None) -> HttpResponse:
    return redirect("intake:absence", absence_id) if absence_id else redirect("intake:absences")
