"""The mailbox page of the demo: list, letter, attachments, and JSON for tests."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulators.smtp import html
from simulators.smtp.letters import Letter, newest, read

STYLE = Path(__file__).parent / "style.css"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A letter is a stranger's HTML: no script, no forms, no origin; only its links may open, in a
# window of their own, because people must be able to follow the letter's button.
LETTER_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
LETTER_POLICY = (
    f"sandbox {LETTER_SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True)
class Pages:
    """The pages over one folder of letters."""

    folder: Path

    def found(self, request: Request) -> Letter:
        letter = read(self.folder, request.path_params["key"])
        if letter is None:
            raise HTTPException(404)
        return letter

    def index(self, request: Request) -> Response:
        to = request.query_params.get("to", "")
        return _page(html.index(list(newest(self.folder, to)), to))

    def letter(self, request: Request) -> Response:
        return _page(html.letter(self.found(request), LETTER_SANDBOX))

    def body(self, request: Request) -> Response:
        content = html.with_outer_links(self.found(request).html)
        return HTMLResponse(content, headers=SAFE | {"Content-Security-Policy": LETTER_POLICY})

    def attachment(self, request: Request) -> Response:
        parts = self.found(request).attachments
        number = request.path_params["number"]
        if number >= len(parts):
            raise HTTPException(404)
        part = parts[number]
        disposition = f"attachment; filename*=UTF-8''{quote(part.name)}"
        headers = SAFE | {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox"}
        return Response(part.content, media_type=part.kind, headers=headers)

    def source(self, request: Request) -> Response:
        name = f"{self.found(request).key}.eml"
        return FileResponse(self.folder / name, filename=name, headers=SAFE)

    def messages(self, request: Request) -> Response:
        letters = newest(self.folder, request.query_params.get("to", ""))
        return JSONResponse({"messages": [one.as_json() for one in letters]}, headers=SAFE)


def style(request: Request) -> Response:
    return FileResponse(STYLE, media_type="text/css", headers=SAFE)


def missing(request: Request, reason: Exception) -> Response:
    return _page(html.missing(), 404)


def application(folder: Path) -> Starlette:
    """folder: where the SMTP side keeps the letters."""
    pages = Pages(folder)
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/letters/{key}/", pages.letter),
            Route("/letters/{key}/html", pages.body),
            Route("/letters/{key}/source", pages.source),
            Route("/letters/{key}/attachments/{number:int}", pages.attachment),
            Route("/api/messages", pages.messages),
            Route("/style.css", style),
        ],
        exception_handlers={404: missing},
    )


def _page(text: str, status: int = 200) -> HTMLResponse:
    policy = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(text, status, headers=SAFE | policy)
