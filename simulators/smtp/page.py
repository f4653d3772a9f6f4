"""The mailbox page of the demo: list, letter, attachments, and JSON for tests."""

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


def application(folder: Path) -> Starlette:
    """folder: where the SMTP side keeps the letters."""

    def found(request: Request) -> Letter:
        letter = read(folder, request.path_params["key"])
        if letter is None:
            raise HTTPException(404)
        return letter

    def index(request: Request) -> Response:
        to = request.query_params.get("to", "")
        return _page(html.index(list(newest(folder, to)), to))

    def letter(request: Request) -> Response:
        return _page(html.letter(found(request), LETTER_SANDBOX))

    def body(request: Request) -> Response:
        content = html.with_outer_links(found(request).html)
        return HTMLResponse(content, headers=SAFE | {"Content-Security-Policy": LETTER_POLICY})

    def attachment(request: Request) -> Response:
        parts = found(request).attachments
        number = request.path_params["number"]
        if number >= len(parts):
            raise HTTPException(404)
        part = parts[number]
        disposition = f"attachment; filename*=UTF-8''{quote(part.name)}"
        headers = SAFE | {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox"}
        return Response(part.content, media_type=part.kind, headers=headers)

    def source(request: Request) -> Response:
        key = found(request).key
        return FileResponse(folder / f"{key}.eml", filename=f"{key}.eml", headers=SAFE)

    def messages(request: Request) -> Response:
        letters = newest(folder, request.query_params.get("to", ""))
        return JSONResponse({"messages": [one.as_json() for one in letters]}, headers=SAFE)

    def style(request: Request) -> Response:
        return FileResponse(STYLE, media_type="text/css", headers=SAFE)

    def missing(request: Request, reason: Exception) -> Response:
        return _page(html.missing(), 404)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/letters/{key}/", letter),
            Route("/letters/{key}/html", body),
            Route("/letters/{key}/source", source),
            Route("/letters/{key}/attachments/{number:int}", attachment),
            Route("/api/messages", messages),
            Route("/style.css", style),
        ],
        exception_handlers={404: missing},
    )


def _page(text: str, status: int = 200) -> HTMLResponse:
    policy = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(text, status, headers=SAFE | policy)
