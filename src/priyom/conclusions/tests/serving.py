"""A small real HTTP server for what stands outside: one function answers every GET and POST."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str, bytes, Any], tuple[int, bytes]]
"""From path, body and headers to status and body; status 0: begin an answer and stop in it."""


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Yield the address of a server that lives as long as the block."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, said = answer(self.path, body, self.headers)
            self.send_response(status or 200)
            self.send_header("Content-Length", str(len(said) + (0 if status else 1)))
            self.end_headers()
            self.wfile.write(said)
            if not status:
                self.wfile.flush()
                over.wait(20)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
