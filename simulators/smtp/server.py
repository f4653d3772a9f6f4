"""The SMTP side: takes letters and refuses what a real server refuses."""

import asyncio
import re
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from simulators.smtp.letters import keep

MAX_BYTES = 10 * 1024 * 1024
# RFC 5321 4.1.2, dot-string local part only, and a domain with at least one letter or digit.
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


def is_address(text: str) -> bool:
    local = text.rpartition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return len(text) <= 254 and not dots and ADDRESS.fullmatch(text) is not None


class Mailbox:
    """aiosmtpd's handler. Answers: 553 bad address, 552 too big, 452 disk, 250 after fsync."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not is_address(address):
            return "553 5.1.3 Mailbox name not allowed"
        if len(envelope.rcpt_tos) >= 100:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        if len(content) > MAX_BYTES:
            return "552 5.3.4 Message too big"
        try:
            key = keep(self.folder, envelope.mail_from or "", list(envelope.rcpt_tos), content)
        except OSError:
            return "452 4.3.1 Insufficient storage, try again later"
        return f"250 2.0.0 OK queued as {key}"


async def listen(folder: Path, host: str, port: int) -> asyncio.Server:
    """An SMTP listener in the running event loop. A line over 1,000 bytes is refused with 500."""
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            Mailbox(folder), data_size_limit=MAX_BYTES, ident="Priyom demo mailbox", loop=loop
        )

    return await loop.create_server(protocol, host, port)
