"""`python -m simulators.index [--port 8007]`: the fictional index of a region, demo and tests.

Reads PRIYOM_DEMO (must be 1), PRIYOM_VAR, PRIYOM_INDEX_URL, PRIYOM_INDEX_AUTHORIZATION and
PRIYOM_INDEX_LISTEN.
"""

from __future__ import annotations

import os
import sys

from simulators.index.application import BASE, Index, Served
from simulators.starting import Simulator, folder

INDEX = Simulator(
    name="index",
    warning="The fictional index starts only with PRIYOM_DEMO=1: its people are made up.",
    key_variable="PRIYOM_INDEX_AUTHORIZATION",
    url="PRIYOM_INDEX_URL",
    listen="PRIYOM_INDEX_LISTEN",
    port=8007,
)


def main() -> int:
    """Serve until stopped; 1 with a sentence when it may not or cannot start."""
    authorization = INDEX.secret_in(os.environ)
    if authorization is None:
        return 1
    url = os.environ.get("PRIYOM_INDEX_URL", f"http://127.0.0.1:8007{BASE}").removesuffix(BASE)
    INDEX.serve(Index(Served(authorization, folder(), url)).application())
    return 0


if __name__ == "__main__":
    sys.exit(main())
