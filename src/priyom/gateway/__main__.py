"""`python -m priyom.gateway`: serve until SIGTERM, then send everybody elsewhere and end."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from priyom.gateway.config import UNLIMITED, from_environment
from priyom.gateway.doors import Unbound
from priyom.gateway.server import serve

try:
    from uvloop import run
except ImportError:  # Windows, PyPy: the standard loop serves as well, only slower
    run = asyncio.run  # type: ignore[assignment]


def main() -> None:
    """Read the environment and serve."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    # The library tells of each browser that went away in mid-handshake; that is no news.
    logging.getLogger("websockets").setLevel(logging.ERROR)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = from_environment(os.environ)
    if config.limits is UNLIMITED:
        logging.getLogger("priyom.gateway").warning("no limits of one connection: a benchmark's")
    try:
        run(serve(config))
    except Unbound as trouble:
        print(f"priyom: {trouble}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
