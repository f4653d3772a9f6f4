"""Doors of the files of a consultation: a permit to send, send one, open one, see its preview."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Request
from priyom.consultations.actions import attach, attached, permit_uploads
from priyom.consultations.models import Attachment
from priyom.consultations.queries import membership, scan_of, sent_attachment
from priyom.files.actions import finished, link, receive
from priyom.files.queries import playable
from priyom.files.rules import PERMIT_LIVES, SIZE_LIMIT, UPLOAD_LIMIT, empty, too_big
from priyom.kernel.refusal import missing

_FORM_OVERHEAD = 64 * 1024


@require_POST
def permit(request: Request, consultation_id: UUID) -> HttpResponse:
    """Let this page send files by tus for a few minutes: 201 with permit, url, size, seconds."""
    membership(request.actor, consultation_id)
    return JsonResponse(
        {
            "permit": permit_uploads(request.actor, consultation_id),
            "url": "/uploads/",
            "size": UPLOAD_LIMIT,
            "seconds": int(PERMIT_LIVES.total_seconds()),
        },
        status=201,
    )


@require_POST
def upload(request: Request, consultation_id: UUID) -> HttpResponse:
    """Take one file for the next message: multipart field `file`, or `upload`, one sent by tus.

    Answers 201 with id, name, kind, media_type, size, seconds, width, height.
    """
    membership(request.actor, consultation_id)
    if int(request.headers.get("Content-Length") or 0) > SIZE_LIMIT + _FORM_OVERHEAD:
        raise too_big()
    if "upload" in request.POST:
        attachment = _by_tus(request, consultation_id)
    else:
        sent = request.FILES.get("file")
        if sent is None or sent.file is None:
            raise empty()
        blob, name = receive(sent.file, sent.name or "")
        attachment = attach(request.actor, consultation_id, blob, name)
    blob = attachment.blob
    return JsonResponse(
        {
            "id": str(attachment.pk),
            "name": attachment.name,
            "kind": blob.kind,
            "media_type": blob.media_type,
            "size": blob.size,
            "seconds": blob.seconds,
            "width": blob.width,
            "height": blob.height,
        },
        status=201,
    )


def _by_tus(request: Request, consultation_id: UUID) -> Attachment:
    """Return what an upload became; asking again answers the same."""
    try:
        key = UUID(request.POST["upload"])
    except ValueError:
        raise missing("Загрузка") from None
    known = attached(request.actor, consultation_id, key)
    if known is not None:
        return known
    with finished(request.actor, consultation_id, key) as (stream, name):
        blob, safe = receive(stream, name, UPLOAD_LIMIT)
    return attach(request.actor, consultation_id, blob, safe, upload=key)


@require_GET
def open_file(request: Request, attachment_id: UUID) -> HttpResponse:
    """Lead to the file on its own origin by a link of 60 s; the read is recorded.

    With `?playable` to the same recording in the other codec; missing while there is none. What is
    opened and saved is always the cleaned file: the original, with the place in its tags, stays in
    the archive.
    """
    found = sent_attachment(request.actor, attachment_id)
    sha256, name = found.blob_id, found.name
    if "playable" in request.GET:
        sha256, name = playable(found.blob, name)
    return HttpResponseRedirect(
        link(request.actor, sha256, name, inline="download" not in request.GET)
    )


@require_GET
def preview(request: Request, attachment_id: UUID) -> HttpResponse:
    """Lead to the small picture of an image, film or paper, or to the file where there is none."""
    found = sent_attachment(request.actor, attachment_id)
    sha256 = found.blob.thumbnail or found.blob_id
    return HttpResponseRedirect(link(request.actor, sha256, found.name, inline=True))


@require_GET
def scan(request: Request, consent_id: UUID) -> HttpResponse:
    """Lead to the picture of a consent's signed sheet."""
    found = scan_of(request.actor, consent_id)
    name = f"согласие.{found.media_type.rpartition('/')[2]}"
    return HttpResponseRedirect(link(request.actor, found.sha256, name, inline=True))
