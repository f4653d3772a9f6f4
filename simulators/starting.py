"""How each simulator begins: only in the demo, only with its secret, on the address it is given."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette


@dataclass(frozen=True)
class Simulator:
    """What a simulator is called, why only the demo may start it, and which variables it reads.

    Its port is the one of `listen` (host:port), of the address in `url`, or `port`.
    """

    name: str
    warning: str
    key_variable: str
    url: str
    listen: str
    port: int

    def secret_in(self, env: Mapping[str, str]) -> str | None:
        """Return the secret, None with a sentence on the terminal when it may not start."""
        if env.get("PRIYOM_DEMO") != "1":
            print(self.warning)
            return None
        if not env.get(self.key_variable):
            print(f"{self.key_variable} is not set; the other side needs the same value.")
            return None
        return env[self.key_variable]

    def serve(self, application: Starlette) -> None:
        """Serve until stopped, on --port when it is given."""
        env = os.environ
        options = argparse.ArgumentParser(prog=f"simulators.{self.name}")
        options.add_argument("--port", type=int, help="port to listen on")
        address = env.get(self.url, f"http://127.0.0.1:{self.port}")
        own = env.get(self.listen, f"127.0.0.1:{urlsplit(address).port or self.port}")
        host, _, port = own.rpartition(":")
        uvicorn.run(
            application,
            host=host,
            port=options.parse_args().port or int(port),
            access_log=False,
            log_level="warning",
        )


def folder() -> Path:
    """Return the state folder of this installation."""
    return Path(os.environ.get("PRIYOM_VAR", "var"))
