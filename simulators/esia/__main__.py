"""`python -m simulators.esia [--port 8003]`: the fictional ЕСИА of the demo and the tests.

Reads PRIYOM_DEMO (must be 1), PRIYOM_VAR, PRIYOM_PUBLIC_URL, PRIYOM_ESIA_URL (its issuer),
PRIYOM_ESIA_CLIENT_ID, PRIYOM_ESIA_CLIENT_SECRET and, behind a proxy, PRIYOM_ESIA_LISTEN.
"""

from __future__ import annotations

import os
import sys

from simulators.esia.application import Provider, Registered
from simulators.starting import Simulator, folder

ESIA = Simulator(
    name="esia",
    warning="The fictional ЕСИА starts only with PRIYOM_DEMO=1: it lets in whoever asks.",
    key_variable="PRIYOM_ESIA_CLIENT_SECRET",
    url="PRIYOM_ESIA_URL",
    listen="PRIYOM_ESIA_LISTEN",
    port=8003,
)


def main() -> int:
    """Serve until stopped; 1 with a sentence when it may not or cannot start."""
    env = os.environ
    secret = ESIA.secret_in(env)
    if secret is None:
        return 1
    public = env.get("PRIYOM_PUBLIC_URL", "http://localhost:8000").rstrip("/")
    client = Registered(
        issuer=env.get("PRIYOM_ESIA_URL", "http://localhost:8003").rstrip("/"),
        redirect_uri=f"{public}/my/esia/callback/",
        client_id=env.get("PRIYOM_ESIA_CLIENT_ID", "priyom"),
        client_secret=secret,
        folder=folder(),
    )
    ESIA.serve(Provider(client).application())
    return 0


if __name__ == "__main__":
    sys.exit(main())
