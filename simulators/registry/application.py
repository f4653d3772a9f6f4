"""The registry's addresses: a document under its key, once; the same again is answered as then."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from secrets import compare_digest
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from simulators.registry.judging import NotTaken, judge

BASE = "/documents"
LARGEST = 20 * 1024 * 1024
FRONT = (
    "A fictional registry of documents, for trials. PUT a document under "
    f"{BASE}/<key> with the right Authorization header; GET says what became of it. PUT under "
    f"{BASE}/<key>/withdrawal takes it back.\n"
)


@dataclass
class Served:
    """Where what was registered stands, what a client must show, and faults that tests switch on.

    Faults: error_500 (nothing is done), lost_answer (done, then 500), silent (never answers),
    garbage (no JSON), later (202 until it is switched off).
    """

    authorization: str
    folder: Path
    url: str = ""
    faults: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(method, key) of each request that was let in."""


class Registry:
    """The handlers of one simulator; what it took is on disk, so that a restart forgets none."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.front),
                Route(f"{BASE}/{{key}}", self.put, methods=["PUT"]),
                Route(f"{BASE}/{{key}}", self.get, methods=["GET"]),
                Route(f"{BASE}/{{key}}/withdrawal", self.withdraw, methods=["PUT"]),
                Route(f"{BASE}/{{key}}/withdrawal", self.withdrawn, methods=["GET"]),
            ]
        )

    async def front(self, request: Request) -> Response:
        return PlainTextResponse(FRONT)

    async def put(self, request: Request) -> Response:
        if refused := await self._enter(request):
            return refused
        body = await request.body()
        if len(body) > LARGEST:
            return _no("Документ слишком велик.", 413)
        try:
            told = json.loads(body)
        except ValueError:
            return _no("Конверт не является JSON.", 400)
        answer = self._take(_key(request), told)
        if "lost_answer" in self.served.faults:
            return PlainTextResponse("the line broke", 500)
        return answer

    async def get(self, request: Request) -> Response:
        if refused := await self._enter(request):
            return refused
        kept = self._kept(_key(request))
        return JSONResponse({"number": kept["number"]}) if kept else JSONResponse({}, 404)

    async def withdraw(self, request: Request) -> Response:
        """Note that a document is withdrawn: once, and only one that is known."""
        if refused := await self._enter(request):
            return refused
        try:
            told = json.loads(await request.body())
        except ValueError:
            return _no("Отзыв не является JSON.", 400)
        answer = self._withdraw(_key(request), told)
        if "lost_answer" in self.served.faults:
            return PlainTextResponse("the line broke", 500)
        return answer

    async def withdrawn(self, request: Request) -> Response:
        if refused := await self._enter(request):
            return refused
        kept = self._kept(f"{_key(request)}.withdrawn")
        return JSONResponse({"number": kept["number"]}) if kept else JSONResponse({}, 404)

    def _withdraw(self, key: str, told: Any) -> Response:
        known = self._kept(key)
        if known is None:
            return _no("Такой документ не зарегистрирован, отзывать нечего.", 409)
        if not isinstance(told, dict) or not str(told.get("reason", "")).strip():
            return _no("Не указана причина отзыва.", 422)
        if told.get("registered_as") not in ("", known["number"]):
            return _no("Номер документа в реестре другой.", 422)
        before = self._kept(f"{key}.withdrawn")
        if before is not None:
            if before["key"] != told.get("key"):
                return _no("Документ уже отозван.", 409)
            return JSONResponse({"number": before["number"]})
        kept = {"number": known["number"], "key": str(told.get("key", "")), "why": told["reason"]}
        _keep(self.served.folder / f"{key}.withdrawn.json", kept)
        if "later" in self.served.faults:
            return JSONResponse({}, 202)
        return JSONResponse({"number": known["number"]}, 201)

    def _take(self, key: str, told: Any) -> Response:
        """Register a document: the same key and content again get the first one's number."""
        try:
            judged = judge(told)
        except NotTaken as reason:
            return _no(str(reason), 422)
        known = self._kept(key)
        if known is not None:
            if known["sha256"] != judged.sha256:
                return _no("Под этим ключом уже зарегистрирован другой документ.", 409)
            return JSONResponse({"number": known["number"]})
        mark = self.served.folder / "ids" / hashlib.sha256(judged.document.encode()).hexdigest()
        mark.parent.mkdir(parents=True, exist_ok=True)
        if mark.exists():
            number = json.loads(mark.read_text())["number"]
            return _no(f"Такой документ уже зарегистрирован: {number}.", 409)
        number = f"РЭМД-{judged.sha256[:12].upper()}"
        for place in (mark, self.served.folder / f"{key}.json"):
            _keep(place, {"number": number, "sha256": judged.sha256})
        if "later" in self.served.faults:
            return JSONResponse({}, 202)
        return JSONResponse({"number": number}, 201)

    def _kept(self, key: str) -> dict[str, str] | None:
        try:
            found: dict[str, str] = json.loads((self.served.folder / f"{key}.json").read_text())
        except FileNotFoundError:
            return None
        return found

    async def _enter(self, request: Request) -> Response | None:
        """Let in who shows the right header under a key; do what the faults say."""
        shown = request.headers.get("Authorization", "")
        if not compare_digest(shown.encode(), self.served.authorization.encode()):
            return PlainTextResponse("this system is not registered", 401 if not shown else 403)
        try:
            UUID(_key(request))
        except ValueError:
            return _no("Ключ документа неверен.", 400)
        self.served.asked.append((request.method, _key(request)))
        if "silent" in self.served.faults:
            await asyncio.sleep(3600)
        if "error_500" in self.served.faults:
            return PlainTextResponse("the base does not answer", 500)
        if "garbage" in self.served.faults:
            return PlainTextResponse("<html>Bad gateway")
        if "later" in self.served.faults and request.method == "GET":
            return JSONResponse({}, 202)
        return None


def _keep(place: Path, told: dict[str, str]) -> None:
    draft = place.with_suffix(".part")
    draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    draft.rename(place)


def _key(request: Request) -> str:
    return str(request.path_params["key"])


def _no(reason: str, status: int) -> Response:
    return JSONResponse({"reason": reason}, status)
