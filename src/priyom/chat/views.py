"""Doors of the talk: write without a socket, fetch entries as HTML."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.accounts.middleware import portal_of
from priyom.accounts.request import wants_json
from priyom.chat import actions, queries, rules, wire
from priyom.chat.phrases import FIELDS
from priyom.chat.place import asked
from priyom.clinics.doors import Request
from priyom.consultations.actions import attach
from priyom.consultations.queries import membership
from priyom.files.actions import receive
from priyom.kernel.refusal import Refusal, RefusalKind


@require_POST
def say(request: Request, consultation_id: UUID) -> HttpResponse:
    """Write a message from a form: fields text, key, refers, file (several).

    A page goes back to the chat; a script (Accept: application/json) gets the number. What was
    refused comes back with its words, so that nothing typed is lost.
    """
    chat = f"{portal_of(request.path)}/consultations/{consultation_id}/"
    try:
        seq = actions.say(request.actor, consultation_id, _message(request, consultation_id))
    except Refusal as refused:
        if wants_json(request) or refused.kind is RefusalKind.MISSING:
            raise
        return _again(request, chat, refused)
    if wants_json(request):
        return JsonResponse({"seq": seq}, status=201)
    return redirect(f"{chat}#m{seq}")


@require_GET
def entries(request: Request, consultation_id: UUID) -> HttpResponse:
    """Answer with the lines that the address asks for (place.py), as the page itself shows them."""
    part = queries.lines(request.actor, consultation_id, asked(request.GET))
    return render(request, "chat/parts/entries.html", {"part": part})


@require_GET
def band(request: Request, consultation_id: UUID) -> HttpResponse:
    """Answer with the strip above the talk; nothing (204) once the chat is closed."""
    page = queries.part_of(request.actor, consultation_id)
    now = queries.band_of(page)
    if now is None:
        return HttpResponse(status=204)
    return render(request, "chat/parts/band.html", {"band": now, "page": page})


@require_GET
def file_line(request: Request, attachment_id: UUID) -> HttpResponse:
    """Answer with a sent file as its message shows it, now that more may have been made of it."""
    file, kind = queries.file_line(request.actor, attachment_id)
    return render(request, "chat/parts/file.html", {"file": file, "kind": kind})


@require_GET
def search(request: Request, consultation_id: UUID) -> HttpResponse:
    """Search the talk: `?q=`, `&before=` a number; with `&part=1` only the lines of the hits."""
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 10 else None
    found = queries.search(request.actor, consultation_id, request.GET.get("q", ""), number)
    if "part" in request.GET:
        return render(request, "chat/parts/hits.html", {"found": found})
    return render(request, "chat/search.html", {"found": found, "base": _base(request)})


@require_GET
def ready_phrases(request: Request, consultation_id: UUID) -> HttpResponse:
    """Answer with the consultant's phrases, filled for this talk."""
    found = queries.ready_phrases(request.actor, consultation_id)
    return render(request, "chat/parts/phrases.html", {"phrases": found})


@require_GET
def phrases(request: Request) -> HttpResponse:
    """Show the reader's own phrases to change, and to a doctor those of the organisation."""
    return _phrases(request)


@require_POST
def add_phrase(request: Request) -> HttpResponse:
    """Add a phrase: fields title, body."""
    title, body = request.POST.get("title", ""), request.POST.get("body", "")
    try:
        actions.add_phrase(request.actor, title, body)
    except Refusal as refused:
        typed = {"id": None, "title": title, "body": body}
        return _phrases(request, refused, typed)
    messages.success(request, "Фраза добавлена.")
    return redirect("chat:phrases")


@require_POST
def edit_phrase(request: Request, phrase_id: UUID) -> HttpResponse:
    """Change an own phrase: fields title, body."""
    title, body = request.POST.get("title", ""), request.POST.get("body", "")
    try:
        actions.edit_phrase(request.actor, phrase_id, title, body)
    except Refusal as refused:
        queries.own_phrase(request.actor, phrase_id)  # another's is not found, whatever was typed
        return _phrases(request, refused, {"id": phrase_id, "title": title, "body": body})
    messages.success(request, "Фраза сохранена.")
    return redirect("chat:phrases")


@require_POST
def remove_phrase(request: Request, phrase_id: UUID) -> HttpResponse:
    """Delete an own phrase."""
    actions.remove_phrase(request.actor, phrase_id)
    messages.success(request, "Фраза удалена.")
    return redirect("chat:phrases")


def _phrases(
    request: Request, refused: Refusal | None = None, typed: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "phrases": queries.phrases_of(request.actor),
        "fields": FIELDS,
        "refusal": refused,
        "typed": typed,
        "new": typed if typed and typed["id"] is None else None,
    }
    return render(request, "chat/phrases.html", context, status=refused.status if refused else 200)


def _base(request: Request) -> str:
    return "ui/desk.html" if portal_of(request.path) == "/desk" else "ui/my.html"


def _message(request: Request, consultation_id: UUID) -> wire.Send:
    """Return the message of the form, checked by the same rules as the socket's."""
    told: dict[str, Any] = {
        "t": "send",
        "k": request.POST.get("key") or str(uuid4()),
        "kind": request.POST.get("kind") or "message",
        "body": request.POST.get("text", "").replace("\r\n", "\n").strip(),
        "refers": _posted(request, "refers"),
        "files": request.POST.getlist("files"),
    }
    # Strangers send no bytes into the store, and nobody writes whose right has ended.
    membership(request.actor, consultation_id)
    uploads = request.FILES.getlist("file")
    if uploads:
        told["kind"] = "file"
    for one in uploads:
        if one.file is not None:
            blob, name = receive(one.file, one.name or "")
            told["files"].append(str(attach(request.actor, consultation_id, blob, name).pk))
    try:
        raw = json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
        frame = wire.read(raw)
    except wire.Unacceptable as error:
        raise rules.refusal(error.code) from error
    except wire.Malformed as error:
        raise rules.refusal("bad") from error
    assert isinstance(frame, wire.Send)  # noqa: S101 - `t` says so
    return frame


def _again(request: Request, chat: str, refused: Refusal) -> HttpResponse:
    """Show the words again with the reason, and the way back."""
    context = {
        "chat": chat,
        "refusal": refused,
        "text": request.POST.get("text", ""),
        "key": request.POST.get("key") or str(uuid4()),
        "may_repeat": refused.kind is not RefusalKind.CONFLICT,
        "base": _base(request),
    }
    return render(request, "chat/again.html", context, status=refused.status)


def _posted(request: Request, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
