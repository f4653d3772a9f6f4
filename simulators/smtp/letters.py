"""Letters in a folder: one .eml each, on the disk before the sender hears 250."""

import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path

LIMIT = 500  # letters read for one page; the demo writes fewer


@dataclass(frozen=True)
class Attachment:
    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One received letter; key names its file, received_at is UTC."""

    key: str
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.key,
            "received_at": self.received_at.isoformat(),
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "attachments": [
                {"name": one.name, "type": one.kind, "size": len(one.content)}
                for one in self.attachments
            ],
        }


def keep(folder: Path, sender: str, recipients: list[str], content: bytes) -> str:
    """Writes the letter, flushed to the disk, and returns its key. Envelope goes on top of it.

    Raises OSError when the disk does not take it; then the sender must hear 452 and try again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
    unfinished = folder / f"{key}.part"
    with unfinished.open("wb") as file:
        file.write(envelope.encode("utf-8", "surrogateescape") + content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(folder / f"{key}.eml")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)  # the name, too, must survive
    finally:
        os.close(descriptor)
    return key


def newest(folder: Path, recipient: str = "") -> Iterator[Letter]:
    """Newest first; recipient filters by a part of the address, case apart."""
    wanted = recipient.strip().casefold()
    for path in sorted(folder.glob("*.eml"), reverse=True)[:LIMIT]:
        letter = read(folder, path.stem)
        if letter and (not wanted or any(wanted in to.casefold() for to in letter.recipients)):
            yield letter


def read(folder: Path, key: str) -> Letter | None:
    """None when there is no such letter; a key with a path in it is no letter."""
    if not key.replace("-", "").isalnum():
        return None
    try:
        raw = (folder / f"{key}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(raw, policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Letter(
        key=key,
        received_at=datetime.fromtimestamp(int(key.split("-")[0]) / 1e9, UTC),
        sender=str(message["X-Envelope-From"] or ""),
        recipients=tuple(part for part in str(message["X-Envelope-To"] or "").split(", ") if part),
        subject=str(message["Subject"] or "(без темы)"),
        text=_content(text),
        html=_content(html),
        attachments=tuple(_attachments(message)),
    )


def _content(part: MIMEPart | None) -> str:
    return str(part.get_content()) if part is not None else ""


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    """Also the calendar that travels as an alternative of the text, as invitations do."""
    for part in message.walk():
        name, kind = part.get_filename(), part.get_content_type()
        if part.is_multipart() or not (name or kind == "text/calendar"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield Attachment(name or "invite.ics", kind, payload)
