"""`up --lan`: this machine's address for phones, and what to tell who holds one."""

import io
import socket
import sys

import segno

from priyom.cli import console
from priyom.cli.environment import LOOPBACK
from priyom.cli.failure import Stop


def address() -> str:
    """This machine's address towards the network; no packet is sent to find it (UDP)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737: routed, never reached
            found = str(probe.getsockname()[0])
        except OSError:
            found = LOOPBACK
    if found.startswith("127."):
        raise Stop("No network address was found: name it, for example --lan --host 192.168.1.20.")
    return found


def explain(url: str, mailbox: str) -> None:
    """The QR code of the address and what to do about the warning that a phone will show."""
    drawing = io.StringIO()
    segno.make(url, error="m").terminal(out=drawing, compact=True)
    console.say()
    if sys.stdout.isatty() and sys.stdout.encoding.lower().startswith("utf"):
        console.say(drawing.getvalue())
    console.block(
        "For a phone in the same network",
        [
            ("open", url),
            ("warning", "this machine vouches for itself: «Дополнительно» → «Перейти», once"),
            ("or trust", f"open {mailbox}/authority.crt and install it; no warning after that"),
        ],
    )
