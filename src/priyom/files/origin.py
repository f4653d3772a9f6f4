"""The files' own origin: serves what a link of 60 s names, with headers that run nothing.

`uvicorn priyom.files.origin:application`; knows no cookie, no portal, only links.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from priyom.files import store

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


async def fetch(request: Request) -> Response:
    """Answer with the file, ranges included, or with the same short page for every other case."""
    token = request.path_params["token"]
    pool: AsyncConnectionPool = request.app.state.pool
    async with pool.connection() as connection:
        found: TupleRow | None = await (
            await connection.execute(_FIND, [hashlib.sha256(token.encode()).hexdigest()])
        ).fetchone()
    place = store.path(_ROOT, found[0]) if found else None
    if found is None or place is None or not place.is_file():
        return PlainTextResponse(
            "Ссылка на файл больше не действует. Вернитесь в чат и откройте файл ещё раз.",
            status_code=404,
            headers=_headers(),
        )
    _sha, media_type, name, inline = found
    return FileResponse(
        place,
        media_type=media_type,
        filename=name,
        content_disposition_type="inline" if inline and media_type in _INLINE else "attachment",
        headers=_headers(is_paper=media_type == "application/pdf"),
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
        yield


application = Starlette(
    routes=[
        Route("/f/{token}/{name}", fetch, methods=["GET", "HEAD"]),
        Route("/healthz", health),
    ],
    lifespan=_life,
)
