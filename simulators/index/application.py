"""The index's addresses: PDQm search (ITI-78) and $match (ITI-119), and everything they refuse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import compare_digest
from typing import cast
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from simulators.index import matching
from simulators.index.matching import Issue, Refused
from simulators.index.people import SYSTEMS, Json, Person, read

BASE = "/mpi/fhir"
MOST = 20
"""More found people are «not unique»: the index says so and shows none (domain.md 2.8, code 21)."""
KEYS = ("_id", "identifier", "family", "given", "birthdate", "gender")
FHIR = "application/fhir+json; charset=utf-8"
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
FRONT = (
    "A fictional index of patients of a region, for trials. It answers under "
    f"{BASE} (FHIR R4, IHE PDQm) to whoever has the right Authorization header.\n"
)


@dataclass
class Served:
    """Where the people stand, what a client must show, and the faults that tests switch on.

    Faults: error_500, slow (five seconds), silent (never answers), garbage, drip (bytes so slow
    that no single one is late).
    """

    authorization: str
    folder: Path
    url: str = ""
    faults: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(method, path with query) of each request, for tests of what stands in addresses."""

    @property
    def people(self) -> tuple[Person, ...]:
        return read(self.folder / "index-people.json")


class Index:
    """The handlers of one simulator."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.front),
                Route(f"{BASE}/metadata", self.metadata),
                Route(f"{BASE}/Patient", self.search),
                Route(f"{BASE}/Patient/_search", self.search, methods=["POST"]),
                Route(f"{BASE}/Patient/$match", self.match, methods=["POST"]),
                Route(f"{BASE}/Patient/{{key}}", self.one),
            ],
            exception_handlers={Refused: _refused, _Fault: _fault, 404: _unknown, 405: _unknown},
        )

    async def front(self, request: Request) -> Response:
        return PlainTextResponse(FRONT)

    async def metadata(self, request: Request) -> Response:
        """The statement of what it can; the only thing told without authorization."""
        names = [{"name": name, "type": "string"} for name in KEYS]
        patient = {
            "type": "Patient",
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": names,
            "operation": [{"name": "match", "definition": "Patient-match"}],
        }
        return _answer(
            {
                "resourceType": "CapabilityStatement",
                "status": "active",
                "kind": "instance",
                "fhirVersion": "4.0.1",
                "format": ["json"],
                "rest": [{"mode": "server", "resource": [patient]}],
            }
        )

    async def search(self, request: Request) -> Response:
        await self._enter(request)
        pairs = parse_qsl(request.url.query, keep_blank_values=True)
        if request.method == "POST":
            _require(request, "application/x-www-form-urlencoded")
            pairs += parse_qsl((await request.body()).decode(), keep_blank_values=True)
        asked: dict[str, list[str]] = {}
        for name, value in pairs:
            asked.setdefault(name.removesuffix(":exact"), []).append(value)
        if asked.get("_format", ["json"])[-1] not in ("json", "application/fhir+json"):
            raise Refused(Issue("not-supported", "only JSON is written here", 406))
        found = [one for one in self._found(asked) if not one.replaced_by]
        if len(found) > MOST:
            raise Refused(Issue("too-costly", "21: the data are not unique", 400))
        entries = [_entry(self.served.url, one) for one in found]
        return _answer(_bundle(entries))

    def _found(self, asked: dict[str, list[str]]) -> list[Person]:
        used = {name: values for name, values in asked.items() if name in KEYS}
        if not used or any(not value.strip() for values in used.values() for value in values):
            raise Refused(Issue("required", "99: a search names at least one key", 400))
        if used.keys() <= {"given", "birthdate", "gender"}:
            raise Refused(Issue("required", "4: not enough to look for a person", 400))
        people: list[Person] = [*self.served.people]
        for value in used.get("identifier", []):
            unknown = [
                one for one in value.split(",") if "|" in one and one.split("|")[0] not in SYSTEMS
            ]
            if unknown:
                raise Refused(Issue("not-found", "targetSystem not found", 404, "warning"))
            people = matching.by_identifier(people, value)
        for value in used.get("_id", []):
            people = [one for one in people if one.id == value]
        for value in used.get("family", []):
            people = matching.by_name(people, value, used.get("given", []))
        for value in used.get("gender", []):
            people = [one for one in people if one.gender == value]
        return matching.by_birth(people, used.get("birthdate", []))

    async def match(self, request: Request) -> Response:
        await self._enter(request)
        _require(request, "application/fhir+json", "application/json")
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise Refused(Issue("structure", "the body is no JSON", 400)) from None
        patient, count, only_certain = _parameters(body)
        matching.sound(patient, datetime.now(UTC).date())
        people = [one for one in self.served.people if not one.replaced_by]
        found = [*matching.match(people, patient)]
        if only_certain:
            certain = [one for one in found if one[2] == "certain"]
            found = certain if len(certain) == 1 else []
        entries = [
            _entry(self.served.url, one, score=score, grade=grade)
            for one, score, grade in found[:count]
        ]
        return _answer(_bundle(entries))

    async def one(self, request: Request) -> Response:
        await self._enter(request)
        key = request.path_params["key"]
        found = next((one for one in self.served.people if one.id == key), None)
        if found is None:
            raise Refused(Issue("not-found", "20: no such patient", 404))
        return _answer(found.resource())

    async def _enter(self, request: Request) -> None:
        """Let in who shows the right header; do what the faults say."""
        where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.served.asked.append((request.method, where))
        shown = request.headers.get("Authorization", "")
        if not shown:
            raise Refused(Issue("login", "no Authorization header", 401))
        if not compare_digest(shown.encode(), self.served.authorization.encode()):
            raise Refused(Issue("forbidden", "this system is not registered", 403))
        faults = self.served.faults
        if "error_500" in faults:
            raise Refused(Issue("exception", "the base does not answer", 500))
        if "silent" in faults or "slow" in faults:
            await asyncio.sleep(3600 if "silent" in faults else 5)
        for fault in faults & {"garbage", "drip"}:
            raise _Fault(fault)


class _Fault(Exception):
    """An answer that is no FHIR: a proxy's page, or bytes that never end."""


def _parameters(body: object) -> tuple[Json, int, bool]:
    """Return patient, count and onlyCertainMatches of Parameters or of a bare Patient."""
    if not isinstance(body, dict):
        raise Refused(Issue("structure", "neither Parameters nor Patient", 400))
    if body.get("resourceType") == "Patient":
        return body, MOST, False
    if body.get("resourceType") != "Parameters":
        raise Refused(Issue("structure", "neither Parameters nor Patient", 400))
    given = {one.get("name"): one for one in body.get("parameter") or () if isinstance(one, dict)}
    patient = given.get("resource", {}).get("resource")
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        raise Refused(Issue("required", "the parameter «resource» is no Patient", 400))
    count = given.get("count", {}).get("valueInteger", MOST)
    if not isinstance(count, int) or count < 1:
        raise Refused(Issue("value", "count is no positive number", 400))
    return (
        patient,
        min(count, MOST),
        given.get("onlyCertainMatches", {}).get("valueBoolean") is True,
    )


def _require(request: Request, *kinds: str) -> None:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        raise Refused(Issue("not-supported", f"a body here is {kinds[0]}", 415))


def _entry(url: str, person: Person, **graded: float | str) -> Json:
    search: Json = {"mode": "match"}
    if graded:
        extension = {"url": GRADE, "valueCode": graded["grade"]}
        search |= {"score": graded["score"], "extension": [extension]}
    full = f"{url}{BASE}/Patient/{person.id}"
    return {"fullUrl": full, "resource": person.resource(), "search": search}


def _bundle(entries: list[Json]) -> Json:
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return bundle | ({"entry": entries} if entries else {})


def _answer(resource: Json, status: int = 200) -> Response:
    text = json.dumps(resource, ensure_ascii=False)
    return Response(text, status, headers={"Cache-Control": "no-store"}, media_type=FHIR)


async def _fault(request: Request, error: Exception) -> Response:
    if str(error) == "drip":
        return StreamingResponse(_drip(), media_type=FHIR)
    return PlainTextResponse("<html>Bad gateway")


async def _drip() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.1)


async def _refused(request: Request, error: Exception) -> Response:
    issue = cast(Refused, error).issue  # registered for nothing else
    return _answer(issue.outcome(), issue.status)


async def _unknown(request: Request, error: Exception) -> Response:
    return _answer(Issue("not-found", "no such address").outcome(), 404)
