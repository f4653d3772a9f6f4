"""The way in of files: tus 1.0.0 at /uploads/; bytes go to disk as they come, so a cut keeps them.

Stands in the gateway's HTTP listener (or alone: `uvicorn priyom.files.uploads:application`); no
Django. Core, creation, creation-with-upload,
expiration, checksum, termination. Each request carries a permit (files/upload.sql) as its bearer.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from priyom.files import partial, rules, tus
from priyom.files.receiver import Cut, Receiver
from priyom.kernel.ids import uuid7

_BEGIN = "SELECT verdict, expires_at FROM priyom_upload_begin_v1(%s, %s, %s, %s, %s, %s)"
_FIND = """
SELECT length, told, expires_at, is_over, is_bound FROM priyom_upload_find_v1(%s, %s)
"""
_DROP = "SELECT priyom_upload_drop_v1(%s, %s)"
_REFUSED = {"full": (413, rules.quota_full), "many": (429, rules.too_many_uploads)}


class Answer(Exception):
    """The request ends here, with this status and these words."""

    def __init__(self, status: int, text: str = "", **headers: str) -> None:
        super().__init__(status)
        self.status, self.text, self.headers = status, text, headers


@dataclass(frozen=True, slots=True)
class Found:
    """An upload of the permit's holder."""

    length: int
    told: str
    expires_at: datetime
    is_bound: bool


async def create(request: Request) -> Response:
    """POST: keep a new upload, with its first bytes when the body has them."""
    length = tus.number(request.headers.get("upload-length"))
    told = request.headers.get("upload-metadata", "")
    if length is None or len(told) > 2000 or not told.isascii():
        raise Answer(400)
    if length > rules.UPLOAD_LIMIT:
        raise Answer(413, rules.too_big(rules.UPLOAD_LIMIT).text)
    has_bytes = request.headers.get("content-type") == tus.BYTES
    key = uuid7()
    terms = (rules.UPLOAD_LIVES, rules.UPLOADS_AT_ONCE)
    partial.create(partial.folder(), key)
    verdict: object = None
    try:
        row = await _ask(request, _BEGIN, key, length, told, *terms)
        verdict, expires_at = row or ("stranger", None)
    finally:
        # Without a permit, too, nothing is left behind.
        if verdict != "made":
            partial.path(partial.folder(), key).unlink(missing_ok=True)
    if verdict == "stranger":
        raise Answer(401)
    if verdict != "made":
        status, refusal = _REFUSED[str(verdict)]
        raise Answer(status, refusal().text)
    assert isinstance(expires_at, datetime)  # noqa: S101 - `made` says so
    offset = await _receive(request, key, 0, length) if has_bytes else None
    place = f"{request.url.path.rstrip('/')}/{key}"
    answer = Response(status_code=201, headers={"Location": place} | _expires(expires_at))
    if offset is not None:
        answer.headers["Upload-Offset"] = str(offset)
    return answer


async def head(request: Request) -> Response:
    """HEAD: say how much is on the disk, after whoever still writes has let go."""
    key, found = await _find(request)
    offset = found.length
    if not found.is_bound:
        async with _receiver(request).holding(key) as taking:
            offset = taking.file.offset
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(found.length)}
    if found.told:
        headers["Upload-Metadata"] = found.told
    return Response(headers=headers | _expires(found.expires_at))


async def patch(request: Request) -> Response:
    """PATCH: append the body at the offset that the client names, if it is the real one."""
    if request.headers.get("content-type") != tus.BYTES:
        raise Answer(415)
    offset = tus.number(request.headers.get("upload-offset"))
    if offset is None:
        raise Answer(400)
    key, found = await _find(request)
    if found.is_bound:
        raise Answer(409)
    now = await _receive(request, key, offset, found.length)
    return Response(
        status_code=204, headers={"Upload-Offset": str(now)} | _expires(found.expires_at)
    )


async def terminate(request: Request) -> Response:
    """DELETE: forget the upload and its bytes."""
    key, found = await _find(request)
    if found.is_bound:
        raise Answer(404)
    async with _receiver(request).holding(key) as taking:
        await _ask(request, _DROP, key)
        taking.file.remove()
    return Response(status_code=204)


async def options(request: Request) -> Response:
    """OPTIONS: what this server can do."""
    return Response(status_code=204, headers=tus.ABILITIES)


async def health(_: Request) -> Response:
    """Say that the process lives."""
    return PlainTextResponse("ok")


_ONE: dict[str, Callable[[Request], Awaitable[Response]]] = {
    "HEAD": head,
    "PATCH": patch,
    "DELETE": terminate,
    "OPTIONS": options,
}
_ALL: dict[str, Callable[[Request], Awaitable[Response]]] = {"POST": create, "OPTIONS": options}


def _door(
    methods: dict[str, Callable[[Request], Awaitable[Response]]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that speaks tus: version, method override, headers of each answer."""

    async def enter(request: Request) -> Response:
        # Old proxies let nothing but GET and POST through (tus 1.0.0, X-HTTP-Method-Override).
        act = methods.get(request.headers.get("x-http-method-override", request.method))
        version = request.headers.get("tus-resumable")
        try:
            if act is None:
                raise Answer(405)
            if tus.is_foreign(request.headers.get("origin", "")):
                raise Answer(403)
            if act is not options and version != tus.VERSION:
                raise Answer(412, **{"Tus-Version": tus.VERSION})
            answer = await act(request)
        except Answer as told:
            answer = PlainTextResponse(told.text, told.status, told.headers)
        except Cut as cut:
            answer = PlainTextResponse(cut.text, cut.status, {"Connection": "close"})
        except partial.Busy:
            answer = Response(status_code=423)
        except FileNotFoundError:
            answer = Response(status_code=404)
        answer.headers.update(tus.COMMON)
        return answer

    return enter


async def _find(request: Request) -> tuple[UUID, Found]:
    try:
        key = UUID(request.path_params["key"])
    except ValueError:
        raise Answer(404) from None
    row = await _ask(request, _FIND, key)
    if row is None:
        raise Answer(401)
    length, told, expires_at, is_over, is_bound = row
    if length is None:
        raise Answer(404)
    if is_over:
        raise Answer(410)
    assert isinstance(length, int)  # noqa: S101 - the function's types, for the type checker
    assert isinstance(expires_at, datetime)  # noqa: S101
    return key, Found(length, str(told), expires_at, bool(is_bound))


async def _ask(request: Request, query: str, *arguments: object) -> tuple[object, ...] | None:
    """Call one of upload.sql's functions in the name of the request's permit."""
    kind, _, permit = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not permit:
        raise Answer(401)
    pool: AsyncConnectionPool = request.app.state.pool
    async with pool.connection() as connection:
        cursor = await connection.execute(query, [_hash(permit), *arguments])
        row: tuple[object, ...] | None = await cursor.fetchone()
    return row


async def _receive(request: Request, key: UUID, offset: int, length: int) -> int:
    told = request.headers.get("upload-checksum")
    checksum = tus.checksum(told) if told is not None else None
    if told is not None and checksum is None:
        raise Answer(400)
    announced = tus.number(request.headers.get("content-length")) or 0
    if announced > length - offset:
        raise Answer(413)
    async with _receiver(request).holding(key) as taking:
        if taking.file.offset != offset:
            raise Answer(409, **{"Upload-Offset": str(taking.file.offset)})
        return await taking.take(request.stream(), length - offset, checksum)


def _hash(permit: str) -> str:
    return hashlib.sha256(permit.encode()).hexdigest()


def _receiver(request: Request) -> Receiver:
    receiver: Receiver = request.app.state.receiver
    return receiver


def _expires(at: datetime) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(at, usegmt=True)}


@asynccontextmanager
async def life(app: Starlette) -> AsyncIterator[None]:
    """Hold the pool; as the gateway's role, who may only call functions."""
    dsn = os.environ.get("PRIYOM_GATEWAY_DATABASE_URL", "postgresql:///priyom")
    app.state.receiver = Receiver(partial.folder())
    async with AsyncConnectionPool(dsn, min_size=1, max_size=4, open=False) as pool:
        app.state.pool = pool
        yield


uploads = Starlette(
    routes=[
        Route("/", _door(_ALL), methods=[*_ALL]),
        Route("/{key}", _door(_ONE), methods=[*_ONE, "POST"]),
    ],
    lifespan=life,
)
"""To be mounted at /uploads, with its lifespan."""

application = Starlette(
    routes=[Mount("/uploads", uploads), Route("/healthz", health)],
    lifespan=lambda _: life(uploads),
)
