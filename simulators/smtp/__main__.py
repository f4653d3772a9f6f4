"""`python -m simulators.smtp`: the SMTP port and the mailbox page in one process.

Reads PRIYOM_DEMO (must be 1), PRIYOM_VAR, PRIYOM_SMTP_URL, PRIYOM_MAILBOX_URL and, behind a
proxy, PRIYOM_MAILBOX_LISTEN (host:port).
"""

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from simulators.smtp.page import application
from simulators.smtp.server import listen

LOOPBACK = "127.0.0.1"


async def serve() -> None:
    folder = Path(os.environ.get("PRIYOM_VAR", "var")) / "mail"
    smtp = urlsplit(os.environ.get("PRIYOM_SMTP_URL", "smtp://localhost:8025"))
    page = urlsplit(os.environ.get("PRIYOM_MAILBOX_URL", "http://localhost:8004"))
    own = os.environ.get("PRIYOM_MAILBOX_LISTEN", f"{LOOPBACK}:{page.port or 8004}")
    host, _, port = own.rpartition(":")
    server = await listen(folder, LOOPBACK, smtp.port or 25)
    config = uvicorn.Config(
        application(folder), host=host, port=int(port), access_log=False, log_level="warning"
    )
    print(f"letters to {folder}, SMTP on {smtp.port}, page on {own}", flush=True)
    try:
        await uvicorn.Server(config).serve()
    finally:
        server.close()


def main() -> int:
    if os.environ.get("PRIYOM_DEMO") != "1":
        print("The demo mailbox starts only with PRIYOM_DEMO=1: it shows letters to anybody.")
        return 1
    asyncio.run(serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
