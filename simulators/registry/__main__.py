"""`python -m simulators.registry [--port 8008]`: the fictional registry of documents.

Reads PRIYOM_DEMO (must be 1), PRIYOM_VAR, PRIYOM_REGISTRY_URL, PRIYOM_REGISTRY_AUTHORIZATION and
PRIYOM_REGISTRY_LISTEN.
"""

from __future__ import annotations

import os
import sys

from simulators.registry.application import Registry, Served
from simulators.starting import Simulator, folder

REGISTRY = Simulator(
    name="registry",
    warning="The fictional registry starts only with PRIYOM_DEMO=1: it registers nothing.",
    key_variable="PRIYOM_REGISTRY_AUTHORIZATION",
    url="PRIYOM_REGISTRY_URL",
    listen="PRIYOM_REGISTRY_LISTEN",
    port=8008,
)


def main() -> int:
    """Serve until stopped; 1 with a sentence when it may not or cannot start."""
    authorization = REGISTRY.secret_in(os.environ)
    if authorization is None:
        return 1
    REGISTRY.serve(Registry(Served(authorization, folder() / "registry")).application())
    return 0


if __name__ == "__main__":
    sys.exit(main())
