"""`python -m simulators.esia [--port 8003]`: the fictional ЕСИА of the demo and the tests.

Reads PRIYOM_DEMO (must be 1), PRIYOM_VAR, PRIYOM_PUBLIC_URL, PRIYOM_ESIA_URL (its issuer),
PRIYOM_ESIA_CLIENT_ID, PRIYOM_ESIA_CLIENT_SECRET and, behind a proxy, PRIYOM_ESIA_LISTEN.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from simulators.esia.application import Provider, Registered


def main() -> int:
    """Serve until stopped; 1 with a sentence when it may not or cannot start."""
    env = os.environ
    if env.get("PRIYOM_DEMO") != "1":
        print("The fictional ЕСИА starts only with PRIYOM_DEMO=1: it lets in whoever asks.")
        return 1
    secret = env.get("PRIYOM_ESIA_CLIENT_SECRET", "")
    if not secret:
        print("PRIYOM_ESIA_CLIENT_SECRET is not set; the portal needs the same value.")
        return 1
    options = argparse.ArgumentParser(prog="simulators.esia")
    options.add_argument("--port", type=int, help="port to listen on")
    issuer = env.get("PRIYOM_ESIA_URL", "http://localhost:8003").rstrip("/")
    own = env.get("PRIYOM_ESIA_LISTEN", f"127.0.0.1:{urlsplit(issuer).port or 8003}")
    host, _, port = own.rpartition(":")
    public = env.get("PRIYOM_PUBLIC_URL", "http://localhost:8000").rstrip("/")
    client = Registered(
        issuer=issuer,
        redirect_uri=f"{public}/my/esia/callback/",
        client_id=env.get("PRIYOM_ESIA_CLIENT_ID", "priyom"),
        client_secret=secret,
        folder=Path(env.get("PRIYOM_VAR", "var")),
    )
    uvicorn.run(
        Provider(client).application(),
        host=host,
        port=options.parse_args().port or int(port),
        access_log=False,
        log_level="warning",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
