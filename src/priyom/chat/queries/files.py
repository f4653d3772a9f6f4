"""One sent file, to draw its line anew."""

from __future__ import annotations

from uuid import UUID

from priyom.chat.files import view_of
from priyom.chat.pages import FileView
from priyom.consultations.models import Entry
from priyom.consultations.queries import sent_attachment
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing


def file_line(actor: Actor, attachment_id: UUID) -> tuple[FileView, str]:
    """Return a sent file and the kind of its message; strangers get missing, reads are kept."""
    found = sent_attachment(actor, attachment_id)
    if found.seq is None:  # its own uploader, before it is sent: no line yet
        raise missing("Файл")
    row = Entry.objects.get(consultation=found.consultation, seq=found.seq)
    portal = "/my" if actor.kind is ActorKind.PATIENT else "/desk"
    return view_of(found, portal, actor.account), row.kind
