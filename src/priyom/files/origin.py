"""The files' own origin: serves what a link of 60 s names, with headers that run nothing.

`uvicorn priyom.files.origin:application`; knows no cookie, no portal, only links.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from priyom.files import bucket, store

_FIND = """
SELECT b.sha256, b.media_type, l.name, l.inline
FROM files_link l JOIN files_blob b ON b.sha256 = l.blob_id
WHERE l.hash = %s AND l.expires_at > now() AND b.scan <> 'infected'
"""
_INLINE = frozenset(
    {
        "image/jpeg",
        "application/pdf",
        "video/webm",
        "video/mp4",
        "audio/webm",
        "audio/mp4",
        "audio/ogg",
        "audio/mpeg",
    }
)
_ROOT = Path(os.environ.get("PRIYOM_VAR", Path(__file__).resolve().parents[3] / "var")) / "files"

_BUCKET = bucket.configured()


async def fetch(request: Request) -> Response:
    """Answer with the file, ranges included, or with the same short page for every other case."""
    token = request.path_params["token"]
    pool: AsyncConnectionPool = request.app.state.pool
    async with pool.connection() as connection:
        found: TupleRow | None = await (
            await connection.execute(_FIND, [hashlib.sha256(token.encode()).hexdigest()])
        ).fetchone()
    answer = await _answer(request, *found) if found else None
    return answer or PlainTextResponse(
        "Ссылка на файл больше не действует. Вернитесь в чат и откройте файл ещё раз.",
        status_code=404,
        headers=_headers(),
    )


async def _answer(
    request: Request, sha256: str, media_type: str, name: str, inline: bool
) -> Response | None:
    """Return the file from the disk or, when one is configured, from the bucket."""
    shown = "inline" if inline and media_type in _INLINE else "attachment"
    headers = _headers(is_paper=media_type == "application/pdf")
    if _BUCKET is None:
        place = store.path(_ROOT, sha256)
        if not place.is_file():
            return None
        return FileResponse(
            place,
            media_type=media_type,
            filename=name,
            content_disposition_type=shown,
            headers=headers,
        )
    wanted = request.headers.get("range")
    found = await run_in_threadpool(
        bucket.part, request.app.state.client, _BUCKET.name, sha256, wanted
    )
    if found is None:
        return None
    headers |= found.headers | {"Content-Disposition": f"{shown}; filename*=utf-8''{quote(name)}"}
    return StreamingResponse(
        found.pieces, status_code=found.status, media_type=media_type, headers=headers
    )


def _headers(*, is_paper: bool = False) -> dict[str, str]:
    # A sandboxed PDF is not shown by browsers' own viewers; it gets the same ban without it.
    sandbox = "" if is_paper else "; sandbox"
    return {
        "Content-Security-Policy": f"default-src 'none'; style-src 'unsafe-inline'{sandbox}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Frame-Options": "DENY",
    }


async def health(_: Request) -> Response:
    """Say that the process lives."""
    return PlainTextResponse("ok")


@asynccontextmanager
async def _life(app: Starlette) -> AsyncIterator[None]:
    dsn = os.environ.get("PRIYOM_DATABASE_URL", "postgresql:///priyom")
    async with AsyncConnectionPool(dsn, min_size=1, max_size=4, open=False) as pool:
        app.state.pool = pool
        app.state.client = _BUCKET.client() if _BUCKET else None
        yield


application = Starlette(
    routes=[
        Route("/f/{token}/{name}", fetch, methods=["GET", "HEAD"]),
        Route("/healthz", health),
    ],
    lifespan=_life,
)
