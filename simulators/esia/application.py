"""The provider's addresses; what a careless client gets wrong is refused as the standard says."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulators.esia import html
from simulators.esia.grants import Asked, Desk, Granted
from simulators.esia.keys import Signer, id_token_claims
from simulators.esia.people import Person, found, read

SCOPES = ("openid", "fullname", "birthdate", "gender", "snils", "email", "kids")
Form = dict[str, str]
STYLE = Path(__file__).parent / "style.css"
TOO_LATE = "Вход начат слишком давно. Вернитесь на портал и начните ещё раз."
NO_SYSTEM = "Система, из которой вы пришли, не зарегистрирована."
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
FRESH = SAFE | {"Cache-Control": "no-store"}


@dataclass
class Registered:
    """The one client, where the simulator lives, and the faults that tests switch on.

    Faults: token_500, token_slow, userinfo_500, wrong_iss, wrong_aud, wrong_nonce, expired,
    foreign_key, other_sub.
    """

    issuer: str
    redirect_uri: str
    client_id: str
    client_secret: str
    folder: Path
    faults: set[str] = field(default_factory=set)

    @property
    def people(self) -> tuple[Person, ...]:
        return read(self.folder / "esia-people.json")

    def person(self, oid: str) -> Person | None:
        return next((one for one in self.people if one.oid == oid), None)


class Provider:
    """The handlers of one simulator; all of its memory is in `desk`."""

    def __init__(self, client: Registered) -> None:
        self.client = client
        self.desk = Desk()
        self.signer = Signer(client.folder / "esia")

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.front),
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/jwks", self.jwks),
                Route("/authorize", self.authorize),
                Route("/sign-in", self.people),
                Route("/consent", self.consent, methods=["POST"]),
                Route("/answer", self.answer, methods=["POST"]),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.userinfo),
                Route("/style.css", self.style),
            ]
        )

    async def front(self, request: Request) -> Response:
        return self._page(html.front(self.client.redirect_uri.split("/my/")[0]))

    async def discovery(self, request: Request) -> Response:
        at = self.client.issuer
        return JSONResponse(
            {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "userinfo_endpoint": f"{at}/userinfo",
                "jwks_uri": f"{at}/jwks",
                "scopes_supported": SCOPES,
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            },
            headers=SAFE,
        )

    async def jwks(self, request: Request) -> Response:
        return JSONResponse(self.signer.jwks, headers=SAFE)

    async def authorize(self, request: Request) -> Response:
        """An unknown client or address is never redirected to: that would be an open redirector."""
        query = request.query_params
        if query.get("client_id") != self.client.client_id:
            return self._page(html.wrong(NO_SYSTEM), 400)
        if query.get("redirect_uri") != self.client.redirect_uri:
            return self._page(html.wrong("Адрес возврата не зарегистрирован."), 400)
        scopes = frozenset(query.get("scope", "").split())
        asked = Asked(
            redirect_uri=query["redirect_uri"],
            state=query.get("state", ""),
            nonce=query.get("nonce", ""),
            challenge=query.get("code_challenge", ""),
            scopes=scopes,
        )
        if query.get("response_type") != "code":
            return self._back(asked, error="unsupported_response_type")
        if "openid" not in scopes or not scopes <= set(SCOPES):
            return self._back(asked, error="invalid_scope")
        has_pkce = query.get("code_challenge_method") == "S256" and len(asked.challenge) == 43
        if not (asked.state and asked.nonce and has_pkce):
            return self._back(asked, error="invalid_request")
        return _to(f"/sign-in?{urlencode({'request': self.desk.requests.put(asked)})}")

    async def people(self, request: Request) -> Response:
        name = request.query_params.get("request", "")
        if self.desk.requests.look(name) is None:
            return self._page(html.wrong(TOO_LATE), 400)
        words = request.query_params.get("q", "")
        return self._page(html.people(found(self.client.people, words), words, name))

    async def consent(self, request: Request) -> Response:
        form = await _form(request)
        name, oid = form.get("request", ""), form.get("oid", "")
        asked, person = self.desk.requests.look(name), self.client.person(oid)
        if asked is None or person is None:
            return self._page(html.wrong(TOO_LATE), 400)
        if (oid, asked.scopes) in self.desk.agreed:
            return self._grant(name, person)
        return self._page(html.consent(person, sorted(asked.scopes), name))

    async def answer(self, request: Request) -> Response:
        form = await _form(request)
        name, person = form.get("request", ""), self.client.person(form.get("oid", ""))
        if form.get("answer", "") == "yes" and person is not None:
            return self._grant(name, person)
        asked = self.desk.requests.take(name)
        if asked is None:
            return self._page(html.wrong(TOO_LATE), 400)
        return self._back(asked, error="access_denied")

    def _grant(self, name: str, person: Person) -> Response:
        asked = self.desk.requests.take(name)
        if asked is None:
            return self._page(html.wrong(TOO_LATE), 400)
        self.desk.agreed.add((person.oid, asked.scopes))
        return self._back(asked, code=self.desk.codes.put(Granted(asked, person)))

    async def token(self, request: Request) -> Response:
        form = await _form(request)
        if not self._knows_client(request, form):
            return _refused("invalid_client", 401)
        if "token_500" in self.client.faults:
            return _refused("server_error", 500)
        if "token_slow" in self.client.faults:
            await asyncio.sleep(2)
        if form.get("grant_type", "") != "authorization_code":
            return _refused("unsupported_grant_type")
        granted = self.desk.codes.take(form.get("code", ""))
        if granted is None or form.get("redirect_uri", "") != granted.asked.redirect_uri:
            return _refused("invalid_grant")
        if not granted.asked.fits(form.get("code_verifier", "")):
            return _refused("invalid_grant")
        return JSONResponse(
            {
                "access_token": self.desk.access.put(granted),
                "token_type": "Bearer",
                "expires_in": 300,
                "scope": " ".join(sorted(granted.asked.scopes)),
                "id_token": self._id_token(granted),
            },
            headers=FRESH,
        )

    def _knows_client(self, request: Request, form: Form) -> bool:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        kind, _, packed = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                name, _, secret = b64decode(packed).decode().partition(":")
            except ValueError:
                return False
            name, secret = unquote(name), unquote(secret)
        same = compare_digest(secret.encode(), self.client.client_secret.encode())
        return same and name == self.client.client_id

    def _id_token(self, granted: Granted) -> str:
        faults = self.client.faults
        claims = id_token_claims(
            self.client.issuer, self.client.client_id, granted.person.oid, granted.asked.nonce
        )
        wrong: dict[str, dict[str, Any]] = {
            "wrong_iss": {"iss": "https://evil.example"},
            "wrong_aud": {"aud": "somebody-else"},
            "wrong_nonce": {"nonce": "another"},
            "expired": {"iat": claims["iat"] - 9000, "exp": claims["iat"] - 8000},
            "other_sub": {"sub": "1"},
        }
        for name in faults & set(wrong):
            claims |= wrong[name]
        signer = Signer(self.client.folder / "foreign") if "foreign_key" in faults else self.signer
        return signer.sign(claims)

    async def userinfo(self, request: Request) -> Response:
        kind, _, name = request.headers.get("Authorization", "").partition(" ")
        granted = self.desk.access.look(name) if kind.lower() == "bearer" else None
        if granted is None:
            return _refused("invalid_token", 401)
        if "userinfo_500" in self.client.faults:
            return _refused("server_error", 500)
        return JSONResponse(granted.person.claims(set(granted.asked.scopes)), headers=FRESH)

    async def style(self, request: Request) -> Response:
        return FileResponse(STYLE, media_type="text/css", headers=SAFE)

    def _back(self, asked: Asked, **answer: str) -> Response:
        """To the registered address only; `iss` lets the client notice a mix-up (RFC 9207)."""
        query = urlencode(answer | {"state": asked.state, "iss": self.client.issuer})
        return _to(f"{asked.redirect_uri}?{query}")

    def _page(self, text: str, status: int = 200) -> Response:
        home = self.client.redirect_uri.split("/my/")[0]
        policy = (
            f"default-src 'none'; style-src 'self'; form-action 'self' {home}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        return HTMLResponse(text, status, headers=FRESH | {"Content-Security-Policy": policy})


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers=FRESH)


async def _form(request: Request) -> Form:
    """The posted pairs; Starlette's own reader would want one more package."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _refused(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status, headers=FRESH)
