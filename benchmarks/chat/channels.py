"""The ordinary way: Django Channels, Redis between the sockets, the ORM for what is kept.

In a virtual environment of its own, kept in var/bench; Redis is Debian's, on a port of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.chat.ejabberd import apt_install
from benchmarks.stand import ground
from priyom.testing.ports import free_port

SITE = Path(__file__).with_name("channels_site")
PARTS = SITE / "requirements.txt"
PYTHON = ground.HOME / "channels" / "bin" / "python"


def is_installed() -> bool:
    """Tell whether Redis and the environment are there."""
    stamp = ground.HOME / "channels" / "requirements.txt"
    made = stamp.exists() and stamp.read_text() == PARTS.read_text()
    return made and shutil.which("redis-server") is not None


def install() -> None:
    """Make the environment and install Redis; what cannot be had leaves the peer absent."""
    if shutil.which("redis-server") is None:
        apt_install(("redis-server",), "redis-server")
    if shutil.which("redis-server") is None:
        return
    place = ground.HOME / "channels"
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=False)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(PARTS)]
    if PYTHON.exists() and subprocess.run(pip, check=False, capture_output=True).returncode == 0:
        shutil.copy(PARTS, place / "requirements.txt")


class Channels:
    """One uvicorn worker and one Redis."""

    name = "channels"
    dialect = "channels"
    extra = "http://localhost"

    def __init__(self, database: Mapping[str, str], rooms: int, folder: Path) -> None:
        self._folder = folder
        self.port, redis = free_port(), free_port()
        self._children: list[subprocess.Popen[bytes]] = []
        env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        env |= {f"BENCH_{key.upper()}": value for key, value in database.items()}
        env |= {"BENCH_REDIS": f"redis://127.0.0.1:{redis}/0", "DJANGO_SETTINGS_MODULE": "settings"}
        log = folder / "channels.log"
        for words in (["migrate", "--run-syncdb", "-v0"], ["rooms", str(rooms)]):
            subprocess.run(
                [str(PYTHON), "-m", "django", *words], env=env | {"PYTHONPATH": "."},
                cwd=SITE, check=True, capture_output=True,
            )  # fmt: skip
        keep = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(redis), *keep]
        web = [str(PYTHON), "-m", "uvicorn", "asgi:application", "--port", str(self.port)]
        try:
            self._children.append(ground.start(command, env, log, folder))
            ground.wait(self._children[0], redis, log)
            self._children.append(ground.start([*web, "--log-level", "warning"], env, log, SITE))
            ground.wait(self._children[1], self.port, log)
        except Exception:
            self.stop()
            raise

    def roots(self) -> list[int]:
        return [child.pid for child in self._children]

    def connections(self, pairs: int) -> Path:
        path = self._folder / "channels.connections"
        sides = [(room, side) for room in range(1, pairs + 1) for side in ("patient", "doctor")]
        path.write_text("".join(f"{self.port} {room} {side}\n" for room, side in sides))
        return path

    def stop(self) -> None:
        for child in self._children:
            ground.stop(child)
