"""The environment of the children: ports, addresses, secrets, and to each only what it needs."""

import hmac
import os
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from priyom.cli.database import APP, AUDIT, GATEWAY, OWNER, Cluster
from priyom.cli.failure import Stop
from priyom.cli.places import ROOT, State

URL_OF_ROLE = {
    APP: "PRIYOM_DATABASE_URL",
    OWNER: "PRIYOM_OWNER_DATABASE_URL",
    GATEWAY: "PRIYOM_GATEWAY_DATABASE_URL",
    AUDIT: "PRIYOM_AUDIT_DATABASE_URL",
}
LOOPBACK = "127.0.0.1"
S3_KEYS = ("PRIYOM_S3_KEY", "PRIYOM_S3_SECRET")
INDEX_KEY = "PRIYOM_INDEX_AUTHORIZATION"
REGISTRY_KEY = "PRIYOM_REGISTRY_AUTHORIZATION"


@dataclass(frozen=True)
class Ports:
    """One block of ports, moved as a whole by --port; `web` is what people type."""

    web: int = 8000

    @property
    def gateway(self) -> int:
        return self.web + 1

    @property
    def files(self) -> int:
        return self.web + 2

    @property
    def esia(self) -> int:
        return self.web + 3

    @property
    def mailbox(self) -> int:
        return self.web + 4

    @property
    def pages(self) -> int:
        """The web server itself, behind the proxy on `web`."""
        return self.web + 5

    @property
    def live(self) -> int:
        """The gateway's second listener: the chat over plain HTTP, uploads."""
        return self.web + 6

    @property
    def index(self) -> int:
        """The fictional index of the region."""
        return self.web + 7

    @property
    def registry(self) -> int:
        """The fictional registry of documents."""
        return self.web + 8

    @property
    def smtp(self) -> int:
        return self.web + 25

    def all(self) -> tuple[int, ...]:
        return (*range(self.web, self.web + 9), self.smtp)

    def require_free(self, host: str = LOOPBACK) -> None:
        """Refuses before anything starts, naming the port and the way round."""
        for port in self.all():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError:
                    other = 9000 if self.web < 9000 else self.web + 100
                    raise Stop(
                        f"Port {port} is in use by another program: choose another block of "
                        f"ports, for example ./priyom up --port {other}."
                    ) from None


def is_external() -> bool:
    """Whether the operator brings a PostgreSQL of his own; then none is started here."""
    return bool(os.environ.get(URL_OF_ROLE[OWNER]))


def database_urls(cluster: Cluster | None) -> dict[str, str]:
    """The four addresses, of the embedded cluster or from the environment."""
    if cluster is not None:
        return {name: cluster.dsn(role) for role, name in URL_OF_ROLE.items()}
    missing = [name for name in URL_OF_ROLE.values() if not os.environ.get(name)]
    if missing:
        raise Stop(f"An own database needs all four addresses; not set: {', '.join(missing)}.")
    return {name: os.environ[name] for name in URL_OF_ROLE.values()}


def secret(state: State) -> str:
    """The installation's secret, made once and kept in var/secret for its owner's eyes only."""
    given = os.environ.get("PRIYOM_SECRET_KEY")
    if given:
        return given
    path = state.var / "secret"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def make(
    state: State, ports: Ports, urls: Mapping[str, str], lan_host: str | None = None
) -> dict[str, str]:
    """Everything that settings.py and the simulators read, as one whole environment."""
    http, ws, host = ("https", "wss", lan_host) if lan_host else ("http", "ws", "localhost")
    key = secret(state)
    direct = ",".join(filter(None, ("localhost", LOOPBACK, lan_host, os.environ.get("no_proxy"))))
    env = dict(os.environ) | dict(urls)
    env |= {
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "priyom.settings",
        "PRIYOM_VAR": str(state.var),
        "PRIYOM_SECRET_KEY": key,
        "PRIYOM_DEMO": "1",
        "PRIYOM_PUBLIC_URL": f"{http}://{host}:{ports.web}",
        "PRIYOM_GATEWAY_URL": f"{ws}://{host}:{ports.web}/ws",
        "PRIYOM_GATEWAY_LISTEN": f"{LOOPBACK}:{ports.gateway}",
        "PRIYOM_GATEWAY_HTTP_LISTEN": f"{LOOPBACK}:{ports.live}",
        "PRIYOM_FILES_URL": f"{http}://{host}:{ports.files}",
        "PRIYOM_ESIA_URL": f"{http}://{host}:{ports.esia}",
        "PRIYOM_ESIA_INNER_URL": f"http://{LOOPBACK}:{ports.esia}",
        "PRIYOM_ESIA_LISTEN": f"{LOOPBACK}:{ports.esia}",
        "PRIYOM_ESIA_CLIENT_SECRET": hmac.digest(key.encode(), b"esia", "sha256").hex(),
        "PRIYOM_INDEX_URL": f"http://{LOOPBACK}:{ports.index}/mpi/fhir",
        "PRIYOM_INDEX_LISTEN": f"{LOOPBACK}:{ports.index}",
        "PRIYOM_INDEX_SYSTEM": "urn:oid:1.2.643.2.69.1.2.109",
        INDEX_KEY: f"N3 {hmac.digest(key.encode(), b'index', 'sha256').hex()}",
        "PRIYOM_MIS_NUMBER": os.environ.get("PRIYOM_MIS_NUMBER", "1.1"),
        "PRIYOM_REGISTRY_URL": f"http://{LOOPBACK}:{ports.registry}/documents",
        "PRIYOM_REGISTRY_LISTEN": f"{LOOPBACK}:{ports.registry}",
        REGISTRY_KEY: hmac.digest(key.encode(), b"registry", "sha256").hex(),
        "PRIYOM_SMTP_URL": f"smtp://{LOOPBACK}:{ports.smtp}",
        "PRIYOM_MAILBOX_URL": f"{http}://{host}:{ports.mailbox}",
        "PRIYOM_MAILBOX_LISTEN": f"{LOOPBACK}:{ports.mailbox}",
        "PRIYOM_TRUSTED_PROXY": "1",
        # A proxy of the organisation must not be asked for our own machine.
        "no_proxy": direct,
        "NO_PROXY": direct,
    }
    return env


def without(env: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in set(names)}


def for_web(env: Mapping[str, str]) -> dict[str, str]:
    """Web, files and worker: never the owner's address."""
    return without(env, (URL_OF_ROLE[OWNER], URL_OF_ROLE[GATEWAY]))


def for_gateway(env: Mapping[str, str]) -> dict[str, str]:
    urls = (URL_OF_ROLE[OWNER], URL_OF_ROLE[APP], URL_OF_ROLE[AUDIT])
    return without(env, (*urls, *S3_KEYS, INDEX_KEY, REGISTRY_KEY))


def for_simulator(env: Mapping[str, str]) -> dict[str, str]:
    """The outer world: no database, not the installation's secret."""
    return without(env, (*URL_OF_ROLE.values(), *S3_KEYS, "PRIYOM_SECRET_KEY"))
