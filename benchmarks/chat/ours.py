"""Priyom's gateway as production starts it, in one process or more."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from benchmarks.chat.world import Pair, tickets
from benchmarks.stand import ground
from priyom.cli import environment
from priyom.testing.ports import free_port

ORIGIN = "http://localhost:8000"


class Ours:
    """`priyom gateway`, with the limits of one connection lifted: nobody else is measured."""

    name = "priyom"
    dialect = "priyom"
    extra = ORIGIN

    def __init__(self, env: Mapping[str, str], pairs: list[Pair], folder: Path) -> None:
        self._env = environment.for_gateway(env) | {"PRIYOM_GATEWAY_UNLIMITED": "1"}
        self._env["PRIYOM_PUBLIC_URL"] = ORIGIN
        self._pairs = pairs
        self._folder = folder
        self.children: list[subprocess.Popen[bytes]] = []
        self.ports: list[int] = []
        self.split = 0.0
        """Which part of the pairs has its two sides on different processes."""

    def start(self) -> None:
        """Start one more process."""
        port = free_port()
        env = self._env | {
            "PRIYOM_GATEWAY_LISTEN": f"127.0.0.1:{port}",
            "PRIYOM_GATEWAY_HTTP_LISTEN": f"127.0.0.1:{ground.free_port()}",
        }
        log = self._folder / "gateway.log"
        child = ground.start([sys.executable, "-m", "priyom.cli", "gateway"], env, log)
        self.children.append(child)
        self.ports.append(port)
        ground.wait(child, port, log, "/healthz")

    def stop(self, keep: int = 0) -> None:
        """Stop all processes but the first `keep`."""
        while len(self.children) > keep:
            ground.stop(self.children.pop())
            self.ports.pop()

    def roots(self) -> list[int]:
        return [child.pid for child in self.children]

    def connections(self, pairs: int) -> Path:
        """Half of the patients on each process; a split pair's doctor is on the other one."""
        chosen = self._pairs[:pairs]
        secret = iter(
            tickets([one for p in chosen for one in ((p.patient, "patient"), (p.doctor, "doctor"))])
        )
        path = self._folder / "priyom.connections"
        with path.open("w") as file:
            for number, pair in enumerate(chosen):
                home = number % len(self.ports)
                away = (number // len(self.ports)) % 4 < self.split * 4
                for place in (home, (home + away) % len(self.ports)):
                    file.write(f"{self.ports[place]} {next(secret)} {pair.consultation}\n")
        return path

    def batches(self) -> tuple[int, int]:
        """Return messages stored and batches written since the processes started."""
        told = [self._metrics(port) for port in self.ports]
        return sum(one["messages"] for one in told), sum(one["batches"] for one in told)

    def _metrics(self, port: int) -> dict[str, int]:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            lines = [line.split() for line in answer.read().decode().splitlines()]
        prefix, suffix = "priyom_gateway_", "_total"
        plain = {name: json.loads(value) for name, value, *_ in lines if name != "#"}
        return {name.removeprefix(prefix).removesuffix(suffix): n for name, n in plain.items()}
