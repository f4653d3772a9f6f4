"""`python -m simulators.index [--port 8007]`: the fictional index of a region, demo and tests.

Reads PRIYOM_DEMO (must be 1), PRIYOM_VAR, PRIYOM_INDEX_URL, PRIYOM_INDEX_AUTHORIZATION and
PRIYOM_INDEX_LISTEN.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from simulators.index.application import BASE, Index, Served


def main() -> int:
    """Serve until stopped; 1 with a sentence when it may not or cannot start."""
    env = os.environ
    if env.get("PRIYOM_DEMO") != "1":
        print("The fictional index starts only with PRIYOM_DEMO=1: its people are made up.")
        return 1
    authorization = env.get("PRIYOM_INDEX_AUTHORIZATION", "")
    if not authorization:
        print("PRIYOM_INDEX_AUTHORIZATION is not set; the web needs the same value.")
        return 1
    options = argparse.ArgumentParser(prog="simulators.index")
    options.add_argument("--port", type=int, help="port to listen on")
    url = env.get("PRIYOM_INDEX_URL", f"http://127.0.0.1:8007{BASE}").removesuffix(BASE)
    own = env.get("PRIYOM_INDEX_LISTEN", f"127.0.0.1:{urlsplit(url).port or 8007}")
    host, _, port = own.rpartition(":")
    served = Served(authorization, Path(env.get("PRIYOM_VAR", "var")), url)
    uvicorn.run(
        Index(served).application(),
        host=host,
        port=options.parse_args().port or int(port),
        access_log=False,
        log_level="warning",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
